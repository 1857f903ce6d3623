import type { StoredRow } from './stored-row'

/** One complete reading of all rows, while it lasts. */
type Reading = Set<string>

/**
 * What a watcher has been told so far. Rows arrive by two ways, read and told, in any order: only what is newer passes.
 * After a complete reading, rows that were known and are no longer there count as deleted.
 */
export class RowView {
  private readonly revisions = new Map<string, number>()
  private readonly present = new Set<string>()
  private readonly readings = new Set<Reading>()
  private newest = 0

  constructor(private readonly pass: (row: StoredRow) => void) {}

  /** The highest revision that was seen. */
  get lastRevision(): number {
    return this.newest
  }

  /** Takes one row; passes it on when it is news. */
  take(row: StoredRow): void {
    this.newest = Math.max(this.newest, row.revision)
    for (const reading of this.readings) reading.add(row.key)
    if (row.revision <= (this.revisions.get(row.key) ?? 0)) return
    this.remember(row)
  }

  /** A complete reading begins. */
  beginReading(): Reading {
    const reading: Reading = new Set()
    this.readings.add(reading)
    return reading
  }

  /** The reading failed: it says nothing about what is gone. */
  dropReading(reading: Reading): void {
    this.readings.delete(reading)
  }

  /** The reading is complete: what it did not show is gone. */
  endReading(reading: Reading): void {
    this.readings.delete(reading)
    for (const [key, revision] of [...this.revisions]) {
      if (reading.has(key)) continue
      if (this.present.has(key)) this.remember({ key, revision, deleted: true, data: new Uint8Array() })
      this.revisions.delete(key)
    }
  }

  private remember(row: StoredRow): void {
    const wasThere = this.present.has(row.key)
    this.revisions.set(row.key, row.revision)
    if (row.deleted) this.present.delete(row.key)
    else this.present.add(row.key)
    if (!row.deleted || wasThere) this.pass(row)
  }
}
