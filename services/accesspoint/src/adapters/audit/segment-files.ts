import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** One file of records. */
export interface Segment {
  readonly number: number
  readonly path: string
}

const form = /^(\d{8})\.jsonl$/

/** The files of the audit, numbered in the order in which they are written. */
export class SegmentFiles {
  constructor(private readonly dir: string) {
    this.ensureFolder()
  }

  /** Oldest first. */
  list(): Segment[] {
    this.ensureFolder()
    return readdirSync(this.dir)
      .flatMap((name) => form.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
      .map((number) => this.segment(number))
  }

  segment(number: number): Segment {
    return { number, path: join(this.dir, `${String(number).padStart(8, '0')}.jsonl`) }
  }

  /**
   * Makes a segment of zeros, safe on disk. A write into it changes no metadata of the file system, which makes it safe
   * three to five times sooner than one that makes a file longer.
   */
  async create({ path }: Segment, bytes: number): Promise<FileHandle> {
    this.ensureFolder()
    const file = await open(path, 'wx+', 0o600)
    await file.write(Buffer.alloc(bytes), 0, bytes, 0)
    await file.sync()
    return file
  }

  /** Somebody may have emptied the disk. */
  private ensureFolder(): void {
    mkdirSync(this.dir, { recursive: true, mode: 0o700 })
  }

  remove({ path }: Segment): void {
    rmSync(path, { force: true })
  }

  /** The text of a segment that is no longer written; what is behind its last whole line is cut away. */
  settle({ path }: Segment): string {
    const bytes = readFileSync(path)
    const zero = bytes.indexOf(0)
    const end = bytes.subarray(0, zero < 0 ? bytes.length : zero).lastIndexOf(0x0a) + 1
    if (end < bytes.length) truncateSync(path, end)
    return bytes.subarray(0, end).toString('utf8')
  }
}
