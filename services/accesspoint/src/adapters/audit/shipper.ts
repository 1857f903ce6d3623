import { open, type FileHandle } from 'node:fs/promises'
import { accessRecorded } from '@k8or/contracts'
import type { Publisher } from '@k8or/jetstream'
import type { ChainEnd } from '../../domain/audit/chain'
import { accessRecordedId } from '../../domain/fact-ids'
import type { AuditLog } from './audit-log'
import { readLine, type AuditLine } from './audit-line'
import type { ShippingCursor } from './cursor'
import type { Segment, SegmentFiles } from './segment-files'
import type { Position } from './segment-writer'

/** What shipping needs. */
export interface ShipperOptions {
  readonly files: SegmentFiles
  readonly log: AuditLog
  readonly cursor: ShippingCursor
  readonly publisher: Publisher
  /** Records are gathered this long, so that shipping keeps out of the way of the calls that they are of. */
  readonly gatherMs: number
  readonly retryMs: number
  readonly onTrouble: (error: Error) => void
  /** Somebody took the segment away that was written to; records after this one are lost unless they were shipped. */
  readonly onLost: (segment: string, shipped: number) => void
  /** The folder is there again, with the cursor alone. */
  readonly onEmptied: () => void
}

const batch = 200
const chunkBytes = 256 * 1024

/** Brings written records to the stream ACCESS, in order and in batches; goes on where it was after a restart. */
export class Shipper {
  /** The last record that was shipped. */
  private shipped: ChainEnd
  private segment: Segment | undefined
  private offset = 0
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined
  private isStopped = false
  private lost: number | undefined
  private isEmptied = false

  constructor(private readonly options: ShipperOptions) {
    this.shipped = options.cursor.read()
  }

  /** There is something to ship. */
  wake(): void {
    if (this.isStopped) return
    this.timer ??= setTimeout(() => this.start(), this.options.gatherMs).unref()
  }

  /** Ships what there is, once more, and ends. */
  async stop(): Promise<void> {
    this.isStopped = true
    clearTimeout(this.timer)
    await this.running
    await this.shipAll().catch(() => undefined)
  }

  private start(): void {
    this.timer = undefined
    this.running ??= this.shipAll()
      .catch((error: unknown) => {
        this.options.onTrouble(error instanceof Error ? error : new Error(String(error)))
        if (!this.isStopped) this.timer ??= setTimeout(() => this.start(), this.options.retryMs).unref()
      })
      .finally(() => (this.running = undefined))
  }

  private async shipAll(): Promise<void> {
    const { position, completeBefore } = this.options.log
    const segments = this.options.files.list()
    if (position && position.offset > 0 && !segments.some(({ number }) => number === position.segment.number))
      this.tellLoss(position, segments.length === 0)
    this.writeAgain()
    for (const segment of segments) {
      const isCurrent = segment.number === position?.segment.number
      // Behind the one that is written to lies the next one, still empty.
      if (segment.number >= completeBefore && !isCurrent) return
      if (this.segment && segment.number < this.segment.number) continue
      if (this.segment?.number !== segment.number) [this.segment, this.offset] = [segment, 0]
      await this.shipSegment(segment, isCurrent ? position.offset : Infinity)
      if (!isCurrent) this.remove(segment)
    }
  }

  /** The folder was emptied: calls go on, with the same chain, which shows by its numbers what is missing. */
  private tellLoss({ segment, offset }: Position, isAllLost: boolean): void {
    if (this.lost === segment.number) return
    this.lost = segment.number
    const { log, onLost } = this.options
    const unshipped = offset - (this.segment?.number === segment.number ? this.offset : 0)
    log.lost(isAllLost ? Infinity : unshipped)
    this.isEmptied = true
    onLost(segment.path, this.shipped.sequence)
  }

  /** What else was in the folder; tried again until it can be written. */
  private writeAgain(): void {
    if (!this.isEmptied) return
    this.options.cursor.write(this.shipped)
    this.options.onEmptied()
    this.isEmptied = false
  }

  private async shipSegment(segment: Segment, end: number): Promise<void> {
    const file = await open(segment.path, 'r')
    try {
      for (;;) {
        const { lines, bytes } = await readLines(file, this.offset, Math.min(chunkBytes, end - this.offset))
        if (bytes === 0) return
        await this.publish(lines.filter((line) => line.record.sequence > this.shipped.sequence))
        this.offset += bytes
      }
    } finally {
      await file.close()
    }
  }

  private async publish(lines: readonly AuditLine[]): Promise<void> {
    for (let start = 0; start < lines.length; start += batch) {
      const part = lines.slice(start, start + batch)
      await Promise.all(part.map((line) => this.publishOne(line)))
      const last = part.at(-1)
      if (!last) continue
      this.shipped = last.record
      this.options.cursor.write(last.record)
    }
  }

  private async publishOne({ token, record }: AuditLine): Promise<void> {
    await this.options.publisher.publish(accessRecorded, {
      id: accessRecordedId(record),
      token,
      time: new Date(record.at),
      data: record,
      causes: [],
      actor: actorOf(record.caller),
    })
  }

  private remove(segment: Segment): void {
    const { log, files, cursor } = this.options
    // Where no record is left, the chain goes on from the cursor.
    cursor.sync()
    files.remove(segment)
    log.released(this.offset)
  }
}

/** Whole lines from an offset on; a line that is being written is left for the next time. */
async function readLines(
  file: FileHandle,
  offset: number,
  length: number,
): Promise<{ lines: AuditLine[]; bytes: number }> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset)
  const zero = buffer.subarray(0, bytesRead).indexOf(0)
  const end = buffer.subarray(0, zero < 0 ? bytesRead : zero).lastIndexOf(0x0a) + 1
  const texts = buffer.subarray(0, end).toString('utf8').split('\n')
  return { lines: texts.flatMap((text) => (text === '' ? [] : (readLine(text) ?? []))), bytes: end }
}

function actorOf(caller: string): string {
  const service = /^spiffe:\/\/[^/]+\/svc\/(.+)$/.exec(caller)?.[1]
  return service === undefined ? caller : `service:${service}`
}
