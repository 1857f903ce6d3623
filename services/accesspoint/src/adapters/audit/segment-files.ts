import { mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

/** One file of records, named for its first. */
export interface Segment {
  readonly first: number
  readonly path: string
}

const form = /^(\d{12})\.jsonl$/

/** The files of the audit, oldest first. */
export class SegmentFiles {
  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
  }

  list(): Segment[] {
    const names = readdirSync(this.dir).flatMap((name) => form.exec(name) ?? [])
    return names
      .filter((text) => /^\d+$/.test(text))
      .map(Number)
      .sort((a, b) => a - b)
      .map((first) => this.segment(first))
  }

  segment(first: number): Segment {
    return { first, path: join(this.dir, `${String(first).padStart(12, '0')}.jsonl`) }
  }

  /** Bytes of all segments together. */
  size(): number {
    return this.list().reduce((sum, { path }) => sum + statSync(path).size, 0)
  }

  remove({ path }: Segment): number {
    const { size } = statSync(path)
    unlinkSync(path)
    return size
  }
}
