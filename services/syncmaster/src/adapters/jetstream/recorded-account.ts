import { setTimeout as delay } from 'node:timers/promises'
import { objectKeyHash, type AppliedRecord, type ApplicationRecord, type DecisionRecord } from '@k8or/contracts'
import type { Records } from '@k8or/jetstream'
import type { Account, Leaving } from '../../domain/account/accounts'
import { formatHeals, readHeals, withRoom, type OpenHeal } from '../../domain/drift/open-heal'
import type { Clock } from '../../domain/ports'
import { SyncPointer } from '../../domain/sync/sync-pointer'

/** The records in which accounts are kept. */
export interface AccountRecords {
  readonly applied: Records<AppliedRecord>
  readonly decisions: Records<DecisionRecord>
  readonly applications: Records<ApplicationRecord>
}

/** What the records say of one application, until its account is opened. */
export interface StoredAccount {
  readonly applied: Map<string, AppliedRecord>
  decision: DecisionRecord | undefined
  declaration: { readonly record: ApplicationRecord; readonly revision: number } | undefined
}

const longestReason = 300
const longestHistory = 10
/** How long a heal waits for its note at most: who can not be told must not keep it from being made. */
const longestHealNoteMs = 100

type Decision = DecisionRecord['history'][number]

/** What was done for one application; every change is stored, and readable here at once. */
export class RecordedAccount implements Account {
  readonly #applied: Map<string, AppliedRecord>
  #sync: SyncPointer | undefined
  #decisions: Decision[]
  #release: number
  #announced: number
  #declaration: StoredAccount['declaration']
  #leaving: Leaving | undefined
  #heals: readonly OpenHeal[]
  /** Whether the row says of heals what is no longer so. */
  #isOutdated = false
  #isNoted: boolean
  /** The writing of the row, one after the other; the one that waits for its turn takes along what changes until then. */
  #writing: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | undefined

  constructor(
    private readonly application: string,
    stored: StoredAccount,
    private readonly records: AccountRecords,
    private readonly clock: Clock,
  ) {
    this.#applied = stored.applied
    this.#sync = readPointer(stored.decision?.sync)
    this.#decisions = stored.decision?.history ?? []
    this.#release = stored.decision?.release ?? 0
    this.#announced = stored.decision?.announced ?? 0
    this.#declaration = stored.declaration
    this.#leaving = stored.decision?.leaving
    this.#heals = readHeals(stored.decision?.heals)
    this.#isNoted = stored.decision !== undefined
  }

  get applied(): ReadonlyMap<string, AppliedRecord> {
    return this.#applied
  }

  get sync(): SyncPointer | undefined {
    return this.#sync
  }

  get declaration(): ApplicationRecord | undefined {
    return this.#declaration?.record
  }

  get heals(): readonly OpenHeal[] {
    return this.#heals
  }

  get isAnnounced(): boolean {
    return this.#declaration !== undefined && this.#declaration.revision === this.#announced
  }

  get isEmpty(): boolean {
    return this.#applied.size === 0 && this.#declaration === undefined && !this.#isNoted
  }

  /** Behind the row: whoever finds stored what a sync has done, finds the sync that it was. */
  async remember(key: string, record: AppliedRecord): Promise<void> {
    this.#applied.set(key, record)
    await this.#writing
    await this.records.applied.put(this.#rowOf(record), record)
  }

  async drop(key: string): Promise<void> {
    const record = this.#applied.get(key)
    if (!record) return
    this.#applied.delete(key)
    await this.#writing
    await this.records.applied.delete(this.#rowOf(record))
  }

  async saveSync(pointer: SyncPointer): Promise<void> {
    this.#sync = pointer
    await this.#save()
  }

  async noteDecision(decision: string, reason: string, release: number): Promise<void> {
    const last = this.#decisions[0]
    const told = reason.slice(0, longestReason)
    this.#release = release
    if (last?.decision === decision && last.reason === told) return this.#isOutdated ? this.#save() : undefined
    const noted = { at: this.clock.now().toISOString(), decision, reason: told }
    this.#decisions = [noted, ...this.#decisions].slice(0, longestHistory)
    await this.#save()
  }

  async saveHeals(heals: readonly OpenHeal[]): Promise<void> {
    // The first are those that a former process may have left untold. What is over is told as well, but not after a crash.
    this.#heals = withRoom(heals)
    const over = new AbortController()
    const waited = delay(longestHealNoteMs, undefined, { signal: over.signal })
    await Promise.race([this.#save(), waited]).catch(() => undefined)
    over.abort()
  }

  endHeals(told: readonly OpenHeal[]): void {
    const open = this.#heals.filter((heal) => !told.includes(heal))
    this.#isOutdated ||= open.length < this.#heals.length
    this.#heals = open
  }

  async saveDeclaration(record: ApplicationRecord): Promise<number> {
    const revision = await this.records.applications.put(this.application, record)
    this.#declaration = { record, revision }
    this.#leaving = undefined
    return revision
  }

  async saveAnnounced(): Promise<void> {
    this.#announced = this.#declaration?.revision ?? 0
    await this.#save()
  }

  async leave(): Promise<Leaving | undefined> {
    const record = this.#declaration?.record
    if (record) {
      this.#leaving = { ref: record.ref, token: record.token }
      await this.#save()
      await this.records.applications.delete(this.application)
      this.#declaration = undefined
    }
    return this.#leaving
  }

  /** The application is gone, and that was told: takes away what is left, behind what is still being written. */
  async forget(): Promise<void> {
    await Promise.all([...this.#applied.keys()].map((key) => this.drop(key)))
    await this.#writing
    await this.records.decisions.delete(this.application)
  }

  #save(): Promise<void> {
    this.#isNoted = true
    if (this.#waiting) return this.#waiting
    const written = this.#writing.then(() => this.#write())
    this.#waiting = written
    this.#writing = written.catch(() => undefined)
    return written
  }

  async #write(): Promise<void> {
    this.#waiting = undefined
    this.#isOutdated = false
    try {
      await this.#put()
    } catch (error) {
      this.#isOutdated = true
      throw error
    }
  }

  async #put(): Promise<void> {
    const [last] = this.#decisions
    await this.records.decisions.put(this.application, {
      at: last?.at ?? this.clock.now().toISOString(),
      decision: last?.decision ?? '',
      reason: last?.reason ?? '',
      release: this.#release,
      sync: this.#sync ? JSON.stringify(this.#sync) : '',
      announced: this.#announced,
      history: this.#decisions,
      ...(this.#leaving ? { leaving: this.#leaving } : {}),
      ...(this.#heals.length > 0 ? { heals: formatHeals(this.#heals) } : {}),
    })
  }

  #rowOf(record: AppliedRecord): string {
    return `${this.application}.${objectKeyHash(record.object)}`
  }
}

/** A pointer of another version of the mesh says nothing: the sync begins anew. */
function readPointer(text: string | undefined): SyncPointer | undefined {
  if (!text) return undefined
  const read = SyncPointer.safeParse(JSON.parse(text))
  return read.success ? read.data : undefined
}
