import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Gap } from '../../domain/trace/gap'
import type { IndexedFact } from '../../domain/trace/indexed-fact'

/** What may go from the index. */
export interface Trim {
  /** What is older goes, in milliseconds since 1970. */
  readonly before: number
  /** While the index is larger, the oldest go. */
  readonly maxBytes: number
  /** The newest of these facts of these applications stays, however old it is. */
  readonly keepNewest: { readonly facts: readonly string[]; readonly applications: readonly string[] }
}

const isNeeded = `fact IN (SELECT value FROM json_each(?)) AND application IN (SELECT value FROM json_each(?))
  AND NOT EXISTS (SELECT 1 FROM facts AS later
    WHERE later.application = facts.application AND later.fact = facts.fact AND later.application <> ''
      AND (later.time, later.sequence) > (facts.time, facts.sequence))`
const noteGap = `INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (stream, cause, noticed_at) DO UPDATE SET
  first = min(first, excluded.first), last = max(last, excluded.last), facts = gaps.facts + excluded.facts`

/** After so many it is looked whether the index is still too large. */
const step = 200

/** Takes facts out of the index and notes that they were there. */
export class FactRemoval {
  constructor(private readonly database: DatabaseSync) {}

  /** Removes at most so many of the oldest facts that may go; how many it were. */
  trim({ before, maxBytes, keepNewest }: Trim, atMost: number): number {
    const oldest = `SELECT stream, sequence FROM facts WHERE time < ? AND NOT (${isNeeded}) ORDER BY time LIMIT ${step}`
    const kept = [JSON.stringify(keepNewest.facts), JSON.stringify(keepNewest.applications)]
    let removed = 0
    for (let last = step; last === step && removed < atMost; removed += last) {
      const until = this.bytes() > maxBytes ? Number.MAX_SAFE_INTEGER : before
      last = this.remove('retention', 0, `(stream, sequence) IN (${oldest})`, until, ...kept)
    }
    if (removed > 0) this.database.exec('PRAGMA incremental_vacuum')
    return removed
  }

  /** Removes all facts of a stream that is gone. */
  lose(stream: IndexedFact['stream'], noticedAt: number): void {
    this.remove('stream lost', noticedAt, 'stream = ?', stream)
  }

  /** What is missing, the oldest first. */
  gaps(): Gap[] {
    const rows = this.database.prepare('SELECT * FROM gaps ORDER BY last').all()
    return rows.map((row) => ({
      stream: row['stream'] as Gap['stream'],
      cause: row['cause'] as Gap['cause'],
      from: Number(row['first']),
      until: Number(row['last']),
      noticedAt: Number(row['noticed_at']),
      facts: Number(row['facts']),
    }))
  }

  /** The size of what is in use. */
  bytes(): number {
    const [pages, free, size] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
      Number(this.database.prepare(`PRAGMA ${name}`).get()?.[name]),
    )
    return ((pages ?? 0) - (free ?? 0)) * (size ?? 0)
  }

  private remove(cause: Gap['cause'], noticedAt: number, which: string, ...values: SQLInputValue[]): number {
    this.database.exec('BEGIN')
    try {
      const rows = this.database
        .prepare(`DELETE FROM facts WHERE ${which} RETURNING stream, sequence, time, commits, causes`)
        .all(...values)
      const commit = this.database.prepare('DELETE FROM commits WHERE hash = ? AND stream = ? AND sequence = ?')
      const effect = this.database.prepare('DELETE FROM effects WHERE cause = ? AND stream = ? AND sequence = ?')
      const gap = this.database.prepare(noteGap)
      for (const { stream, sequence, time, commits, causes } of rows) {
        for (const hash of words(commits)) commit.run(hash, stream ?? '', sequence ?? 0)
        for (const cause of words(causes)) effect.run(cause, stream ?? '', sequence ?? 0)
        gap.run(stream ?? '', cause, noticedAt, time ?? 0, time ?? 0, 1)
      }
      this.database.exec('COMMIT')
      return rows.length
    } catch (error) {
      this.database.exec('ROLLBACK')
      throw error
    }
  }
}

function words(text: unknown): string[] {
  return String(text).split(' ').filter(Boolean)
}
