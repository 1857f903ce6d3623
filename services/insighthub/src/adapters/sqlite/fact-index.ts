import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { passPoint } from '@k8or/fault-points'
import type { LeadFacts, Link, Step } from '../../domain/lead/milestones'
import type { FactIndex } from '../../domain/trace/fact-index'
import type { Gap } from '../../domain/trace/gap'
import type { IndexedFact } from '../../domain/trace/indexed-fact'

import { readRow, writeRow, type Row } from './row'
import { FactRemoval, type Trim } from './fact-removal'
import { LeadReads } from './lead-reads'
import { openIndex } from './schema'

type Stream = IndexedFact['stream']

/** How many facts are written at once, at most, while the index catches up. */
const batchSize = 500
/** How many are removed at once, at most: the index answers meanwhile. */
const trimSize = 2_000

const insertFact = `INSERT OR REPLACE INTO facts VALUES (${Array.from({ length: 21 }, () => '?').join(', ')})`
const insertCommit = 'INSERT OR REPLACE INTO commits VALUES (?, ?, ?)'
const insertEffect = 'INSERT OR REPLACE INTO effects VALUES (?, ?, ?)'
const moveCursor = 'INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)'
const inOrder = 'ORDER BY time, stream DESC, sequence'

/** How far a stream was read, and which one of that name. */
interface Cursor {
  readonly sequence: number
  readonly created: string
}

/** Facts and access records in SQLite, in the order of their streams, with how far each stream was read. */
export class SqliteFactIndex implements FactIndex, LeadFacts {
  readonly #database: DatabaseSync
  readonly #pending: IndexedFact[] = []
  readonly #cursors = new Map<Stream, Cursor>()
  readonly #removal: FactRemoval
  readonly #lead: LeadReads
  #isMoved = false

  constructor(file: string) {
    this.#database = openIndex(file)
    this.#removal = new FactRemoval(this.#database)
    this.#lead = new LeadReads(this.#database)
    for (const { stream, sequence, created } of this.#database.prepare('SELECT * FROM cursors').all())
      this.#cursors.set(stream as Stream, { sequence: Number(sequence), created: String(created) })
  }

  /** The last sequence of a stream that was taken; 0 before the first. */
  cursor(stream: Stream): number {
    return this.#cursors.get(stream)?.sequence ?? 0
  }

  /** When the stream was made that the cursor counts in; undefined before the first look at one. */
  streamOf(stream: Stream): string | undefined {
    return this.#cursors.get(stream)?.created
  }

  /** From now on facts come from the stream that was made at this time. Those of another one before it, or of a newer copy, are lost. */
  begin(stream: Stream, { created, isAnother }: { created: string; isAnother: boolean }, now: number): void {
    this.flush()
    if (isAnother) {
      this.#removal.lose(stream, now)
      this.#cursors.delete(stream)
    }
    this.#cursors.set(stream, { sequence: this.cursor(stream), created })
    this.#isMoved = true
    this.flush()
  }

  /** Removes some of what may go, oldest first; how many facts it were. */
  trim(trim: Trim): number {
    this.flush()
    return this.#removal.trim(trim, trimSize)
  }

  /** What there was and is no longer here. */
  gaps(): Gap[] {
    return this.#removal.gaps()
  }

  /** Takes a fact; it is on disk after the next `flush`. */
  add(fact: IndexedFact): void {
    this.#pending.push(fact)
    this.skipTo(fact.stream, fact.sequence)
    if (this.#pending.length >= batchSize) this.flush()
  }

  /** A stream was read up to here, though there was nothing to keep. */
  skipTo(stream: Stream, sequence: number): void {
    this.#cursors.set(stream, { sequence, created: this.streamOf(stream) ?? '' })
    this.#isMoved = true
  }

  /** Writes what is pending, with the cursors, in one transaction. */
  flush(): void {
    if (!this.#isMoved) return
    const database = this.#database
    database.exec('BEGIN')
    try {
      this.#insertPending()
      const cursor = database.prepare(moveCursor)
      for (const [stream, { sequence, created }] of this.#cursors) cursor.run(stream, sequence, created)
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
    this.#pending.length = 0
    this.#isMoved = false
    passPoint('insighthub', 'index', 'write')
  }

  byIds(ids: readonly string[]): IndexedFact[] {
    return this.#select('id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
  }

  effectsOf(ids: readonly string[]): IndexedFact[] {
    const matching = 'SELECT stream, sequence FROM effects WHERE cause IN (SELECT value FROM json_each(?))'
    return this.#select(`(stream, sequence) IN (${matching})`, JSON.stringify(ids))
  }

  ofImage(image: string): IndexedFact[] {
    return this.#select("image = ? AND image <> ''", image)
  }

  newest(application: string, fact: string): IndexedFact | undefined {
    return this.#read(
      "WHERE application = ? AND application <> '' AND fact = ? ORDER BY time DESC, sequence DESC LIMIT 1",
      application,
      fact,
    )[0]
  }

  ofCommit(commit: string): IndexedFact[] {
    const until = `${commit}g`
    const matching = 'SELECT stream, sequence FROM commits WHERE hash >= ? AND hash < ?'
    return this.#select(`(stream, sequence) IN (${matching})`, commit, until)
  }

  ofSync(sync: string): IndexedFact[] {
    return this.#select("sync = ? AND sync <> ''", sync)
  }

  ofRelease(application: string, release: number): IndexedFact[] {
    return this.#select('application = ? AND release = ? AND release > 0', application, release)
  }

  during(application: string, fact: string, { from, to }: { from: number; to: number }): IndexedFact[] {
    const until = Number.isFinite(to) ? to : Number.MAX_SAFE_INTEGER
    return this.#select(
      "application = ? AND application <> '' AND fact = ? AND time >= ? AND time < ?",
      application,
      fact,
      from,
      until,
    )
  }

  newestLinks(application: string, fact: string, since: number, atMost: number): Link[] {
    this.flush()
    return this.#lead.newestLinks(application, fact, since, atMost)
  }

  steps(application: string, facts: readonly string[], since: number): Step[] {
    this.flush()
    return this.#lead.steps(application, facts, since)
  }

  linksByIds(ids: readonly string[]): Link[] {
    this.flush()
    return this.#lead.linksByIds(ids)
  }

  /** The newest fact of a name about every application. */
  newestOfEach(fact: string): IndexedFact[] {
    const applications = "SELECT DISTINCT application FROM facts WHERE application <> ''"
    this.flush()
    return this.#database
      .prepare(applications)
      .all()
      .flatMap((row) => this.newest(String(row['application']), fact) ?? [])
  }

  /** The uid of the application that was named so most recently; undefined when no fact names it. */
  uidOf(applicationName: string): string | undefined {
    return this.#read(
      "WHERE application_name = ? AND application_name <> '' ORDER BY time DESC LIMIT 1",
      applicationName,
    )[0]?.application
  }

  /** Everything in the index, for comparing two of them. */
  all(): IndexedFact[] {
    return this.#select('TRUE')
  }

  close(): void {
    this.flush()
    this.#database.close()
  }

  #insertPending(): void {
    const fact = this.#database.prepare(insertFact)
    const commit = this.#database.prepare(insertCommit)
    const effect = this.#database.prepare(insertEffect)
    for (const each of this.#pending) {
      fact.run(...writeRow(each))
      for (const hash of each.commits) commit.run(hash, each.stream, each.sequence)
      for (const cause of each.causes) effect.run(cause, each.stream, each.sequence)
    }
  }

  #select(condition: string, ...values: SQLInputValue[]): IndexedFact[] {
    return this.#read(`WHERE ${condition} ${inOrder}`, ...values)
  }

  #read(rest: string, ...values: SQLInputValue[]): IndexedFact[] {
    this.flush()
    const rows = this.#database.prepare(`SELECT * FROM facts ${rest}`).all(...values) as unknown as Row[]
    return rows.map(readRow)
  }
}
