import { readFileSync, statSync, truncateSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { chainStart, link, type ChainEnd, type UnchainedRecord } from '../../domain/audit/chain'
import { AuditFullError, type Audit } from '../../domain/ports'
import { readLine, writeLine } from './audit-line'
import type { SegmentFiles } from './segment-files'
import { type Segment } from './segment-files'

/** Where records are kept and how much room they have. */
export interface AuditLogOptions {
  /** The name of this replica: it has a chain of its own. */
  readonly replica: string
  /** The last record that was shipped: the chain goes on from there when no record is left. */
  readonly shipped: ChainEnd
  readonly maxBytes: number
  readonly segmentBytes: number
  /** How long a record may wait to be written that nobody waits for. */
  readonly lingerMs: number
  /** Told after each write. */
  readonly onWritten: () => void
  readonly onTrouble: (error: Error) => void
}

const retryMs = 1_000

/**
 * Access records in append-only files. Whoever waits for `settle` shares one write and one fdatasync with all who wait at that
 * moment; records that nobody waits for go along with the next write.
 */
export class AuditLog implements Audit {
  private readonly pending: { readonly sequence: number; readonly text: string }[] = []
  private readonly waiting: PromiseWithResolvers<undefined>[] = []
  private end: ChainEnd = chainStart
  private file: FileHandle | undefined
  private segment: Segment | undefined
  private segmentSize = 0
  private bytes = 0
  private writing: Promise<void> | undefined
  private linger: NodeJS.Timeout | undefined
  private trouble: Error | undefined

  private constructor(
    private readonly files: SegmentFiles,
    private readonly options: AuditLogOptions,
  ) {}

  /** Opens the records of a folder, and goes on with their chain. */
  static async open(files: SegmentFiles, options: AuditLogOptions): Promise<AuditLog> {
    const log = new AuditLog(files, options)
    await log.resume(options.shipped)
    return log
  }

  note(record: UnchainedRecord, token: string): void {
    if (this.trouble)
      throw new AuditFullError(`access records can not be written: ${this.trouble.message}; free the disk`)
    if (this.bytes >= this.options.maxBytes)
      throw new AuditFullError(
        `access records have no room left (${this.options.maxBytes} bytes wait to be shipped); bring NATS back or give them more room`,
      )
    const chained = link(record, this.options.replica, this.end)
    const text = writeLine({ token, record: chained })
    this.end = chained
    this.bytes += Buffer.byteLength(text)
    this.pending.push({ sequence: chained.sequence, text })
    this.writeSoon(this.options.lingerMs)
  }

  settle(): Promise<void> {
    const waiter = Promise.withResolvers<undefined>()
    this.waiting.push(waiter)
    this.startWriting()
    return waiter.promise
  }

  /** A segment was shipped as a whole and removed. */
  released(bytes: number): void {
    this.bytes -= bytes
  }

  /** The segment that is written to. */
  get current(): Segment | undefined {
    return this.segment
  }

  /** Writes what is pending and closes. */
  async close(): Promise<void> {
    clearTimeout(this.linger)
    await this.settle().catch(() => undefined)
    await this.file?.close()
    this.file = undefined
  }

  private writeSoon(ms: number): void {
    this.linger ??= setTimeout(() => this.startWriting(), ms).unref()
  }

  private startWriting(): void {
    clearTimeout(this.linger)
    this.linger = undefined
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined
      if (this.waiting.length > 0 && !this.trouble) this.startWriting()
      else if (this.pending.length > 0) this.writeSoon(this.trouble ? retryMs : this.options.lingerMs)
    })
  }

  private async writeAll(): Promise<void> {
    // Gathers those who ask in the same turn.
    await Promise.resolve()
    const waiting = this.waiting.splice(0)
    const lines = this.pending.splice(0)
    try {
      await this.write(lines, waiting.length > 0)
      this.trouble = undefined
      for (const waiter of waiting) waiter.resolve(undefined)
    } catch (error) {
      this.failed(error instanceof Error ? error : new Error(String(error)), lines, waiting)
      return
    }
    if (lines.length > 0) this.options.onWritten()
  }

  private async write(lines: AuditLog['pending'], isAwaited: boolean): Promise<void> {
    const [first] = lines
    if (first) {
      const file = await this.fileFor(first.sequence)
      const bytes = Buffer.from(lines.map((line) => line.text).join(''))
      await file.appendFile(bytes)
      this.segmentSize += bytes.length
    }
    if (isAwaited) await this.file?.datasync()
  }

  /** What could not be written stays in order and is tried again; until then every call is refused. */
  private failed(error: Error, lines: AuditLog['pending'], waiting: PromiseWithResolvers<undefined>[]): void {
    this.trouble = error
    this.pending.unshift(...lines)
    // A part of a line may have been written: the next write begins a new segment behind it.
    this.segmentSize = this.options.segmentBytes
    for (const waiter of waiting)
      waiter.reject(new AuditFullError(`access records can not be written: ${error.message}`))
    this.options.onTrouble(error)
  }

  private async fileFor(sequence: number): Promise<FileHandle> {
    if (this.file && this.segmentSize < this.options.segmentBytes) return this.file
    await this.file?.datasync()
    await this.file?.close()
    this.segment = this.files.segment(sequence)
    this.file = await open(this.segment.path, 'a', 0o600)
    this.segmentSize = 0
    return this.file
  }

  private async resume(shipped: ChainEnd): Promise<void> {
    this.end = shipped
    const segments = this.files.list()
    for (const segment of segments.toReversed()) {
      const end = cutTornEnd(segment)
      if (!end) continue
      this.end = end
      break
    }
    this.bytes = this.files.size()
    const last = segments.at(-1)
    if (!last) return
    this.segment = last
    this.segmentSize = statSync(last.path).size
    this.file = await open(last.path, 'a', 0o600)
  }
}

/** The last whole record of a segment. A torn line behind it, of a write that a crash cut off, is cut away. */
function cutTornEnd({ path }: Segment): ChainEnd | undefined {
  const text = readFileSync(path, 'utf8')
  let end: ChainEnd | undefined
  let size = 0
  for (const line of text.split('\n')) {
    const read = line === '' ? undefined : readLine(line)
    if (!read) break
    end = read.record
    size += Buffer.byteLength(line) + 1
  }
  if (size < Buffer.byteLength(text)) truncateSync(path, size)
  return end
}
