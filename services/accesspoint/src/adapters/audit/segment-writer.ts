import { passPoint } from '@k8or/fault-points'
import type { FileHandle } from 'node:fs/promises'
import type { Segment, SegmentFiles } from './segment-files'

interface OpenSegment {
  readonly segment: Segment
  readonly file: FileHandle
}

/** Up to where records are written. */
export interface Position {
  readonly segment: Segment
  readonly offset: number
}

/** Writes bytes into one segment after another; the next one is made before it is needed. */
export class SegmentWriter {
  private current: OpenSegment | undefined
  private offset = 0
  private next: Promise<OpenSegment> | undefined

  constructor(
    private readonly files: SegmentFiles,
    private readonly capacity: number,
    private nextNumber: number,
  ) {
    this.prepare()
  }

  /** What was written lies before this; undefined while nothing was. */
  get position(): Position | undefined {
    return this.current && { segment: this.current.segment, offset: this.offset }
  }

  /** Writes bytes, safe on disk when `isAwaited`. */
  async write(bytes: Buffer, isAwaited: boolean): Promise<void> {
    if (!this.current || this.offset + bytes.length > this.capacity) await this.advance()
    const { file } = this.current ?? (await this.advance())
    await file.write(bytes, 0, bytes.length, this.offset)
    this.offset += bytes.length
    if (isAwaited) await file.datasync()
    passPoint('accesspoint', 'audit', 'segment')
    if (this.offset > this.capacity / 2) this.prepare()
  }

  /** Makes safe what was written without being awaited. */
  async sync(): Promise<void> {
    await this.current?.file.datasync()
  }

  /** What was written last may be torn: the next bytes go to another segment. */
  abandon(): void {
    this.offset = this.capacity
  }

  /** Somebody took the files away: the next bytes go to another segment, made only then. */
  lost(): void {
    this.abandon()
    void this.next?.then(({ file }) => file.close()).catch(() => undefined)
    this.next = undefined
  }

  async close(): Promise<void> {
    const { current } = this
    this.current = undefined
    if (current) await current.file.truncate(Math.min(this.offset, this.capacity))
    await current?.file.close()
    const spare = await this.next?.catch(() => undefined)
    await spare?.file.close()
    if (spare) this.files.remove(spare.segment)
  }

  private async advance(): Promise<OpenSegment> {
    this.prepare()
    const next = this.next
    this.next = undefined
    const opened = (await next) ?? (await this.create())
    const before = this.current
    await before?.file.datasync()
    await before?.file.close()
    this.current = opened
    this.offset = 0
    return opened
  }

  private prepare(): void {
    if (this.next) return
    this.next = this.create()
    // Told when it is needed.
    this.next.catch(() => undefined)
  }

  private async create(): Promise<OpenSegment> {
    const segment = this.files.segment(this.nextNumber++)
    return { segment, file: await this.files.create(segment, this.capacity) }
  }
}
