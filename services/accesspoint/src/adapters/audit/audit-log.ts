import { link, type ChainEnd, type UnchainedRecord } from '../../domain/audit/chain'
import { AuditFullError, type Audit } from '../../domain/ports'
import { readLine, writeLine } from './audit-line'
import type { SegmentFiles } from './segment-files'
import { SegmentWriter, type Position } from './segment-writer'

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
  private readonly pending: string[] = []
  private readonly waiting: PromiseWithResolvers<undefined>[] = []
  private readonly writer: SegmentWriter
  /** The first segment that is written to. */
  private readonly first: number
  private end: ChainEnd
  private bytes: number
  private writing: Promise<void> | undefined
  private linger: NodeJS.Timeout | undefined
  private trouble: Error | undefined

  /** Opens the records of a folder, and goes on with their chain in a new segment. */
  constructor(
    files: SegmentFiles,
    private readonly options: AuditLogOptions,
  ) {
    const { end, bytes, last } = resume(files, options.shipped)
    this.end = end
    this.bytes = bytes
    this.first = last + 1
    this.writer = new SegmentWriter(files, options.segmentBytes, this.first)
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
    this.pending.push(text)
    this.writeSoon(this.options.lingerMs)
  }

  settle(): Promise<void> {
    const waiter = Promise.withResolvers<undefined>()
    this.waiting.push(waiter)
    this.startWriting()
    return waiter.promise
  }

  /** Somebody took the segment away that is written to: what it held is lost, and the next record begins another one. */
  lost(bytes: number): void {
    this.bytes = Math.max(0, this.bytes - bytes)
    this.writer.lost()
  }

  /** A segment was shipped as a whole and removed. */
  released(bytes: number): void {
    this.bytes -= bytes
  }

  /** Segments with a smaller number are complete. */
  get completeBefore(): number {
    return this.writer.position?.segment.number ?? this.first
  }

  /** Up to where records may be read of the segment that is written to. */
  get position(): Position | undefined {
    return this.writer.position
  }

  /** Writes what is pending. */
  async flush(): Promise<void> {
    clearTimeout(this.linger)
    await this.settle().catch(() => undefined)
  }

  /** Lets go of the files; nothing may be noted any more. */
  async close(): Promise<void> {
    await this.flush()
    clearTimeout(this.linger)
    await this.writer.close()
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
    if (lines.length > 0) await this.writer.write(Buffer.from(lines.join('')), isAwaited)
    else await this.writer.sync()
  }

  /** What could not be written stays in order and is tried again; until then every call is refused. */
  private failed(error: Error, lines: AuditLog['pending'], waiting: PromiseWithResolvers<undefined>[]): void {
    this.trouble = error
    this.pending.unshift(...lines)
    // A part of a line may have been written.
    this.writer.abandon()
    for (const waiter of waiting)
      waiter.reject(new AuditFullError(`access records can not be written: ${error.message}`))
    this.options.onTrouble(error)
  }
}

/** The last record of all segments, and their bytes; segments without records are removed. */
function resume(files: SegmentFiles, shipped: ChainEnd): { end: ChainEnd; bytes: number; last: number } {
  let end = shipped
  let bytes = 0
  let last = 0
  for (const segment of files.list()) {
    last = segment.number
    const text = files.settle(segment)
    bytes += Buffer.byteLength(text)
    const read = readLine(text.trimEnd().split('\n').at(-1) ?? '')
    if (read) end = read.record
    else files.remove(segment)
  }
  return { end, bytes, last }
}
