import { healthChanged, type Announcer, type FactDraft, type HealthChanged, type HealthRecord } from '@k8or/contracts'
import type { HealthRows } from '../ports'
import type { Account } from './account'
import { Allowance } from './allowance'
import { draftVerdict, type Silence, type Trouble, type VerdictDraft } from './draft-verdict'
import { lostFact } from './lost-fact'

/** What the book writes to. */
export interface BookPorts {
  readonly rows: HealthRows
  readonly announcer: Announcer<'insighthub'>
  /** What was announced is told. */
  readonly onAnnounced: (fact: FactDraft<HealthChanged>) => void
}

const messagesEveryMs = 1000
const announcements = { burst: 60, everyMs: 200 }

/** What is written of every application: the rows of the record, then the facts that announce them. */
export class VerdictBook {
  readonly #stored = new Map<string, Map<string, HealthRecord>>()
  readonly #writtenAt = new Map<string, number>()
  readonly #allowance = new Allowance(announcements)

  constructor(private readonly ports: BookPorts) {}

  /** Takes over rows that were written before a restart. */
  restore(rows: readonly { readonly key: string; readonly value: HealthRecord }[]): void {
    for (const { key, value } of rows) this.#open(value.application.uid).set(key, value)
  }

  /** What was written is gone: everything is written again. */
  lose(): void {
    this.#stored.clear()
  }

  /** The rows of an application. */
  rowsOf(application: string): HealthRecord[] {
    return [...this.#open(application).values()]
  }

  /** Writes down what changed about an application. False when it has to be looked at again later. */
  async write(account: Account, now: Date, causes: { silence: Silence; trouble: Trouble }): Promise<boolean> {
    const { uid } = account.application
    const withMessages = now.getTime() - (this.#writtenAt.get(uid) ?? 0) >= messagesEveryMs
    const draft = draftVerdict(account, this.#open(uid), { ...causes, now, withMessages })
    if (draft === undefined) return withMessages
    if (!this.#allowance.take(uid, now.getTime())) return false
    // A sync that ends meanwhile owes a verdict of its own.
    account.owesVerdict = false
    try {
      await this.#carryOut(uid, draft)
    } catch (error) {
      account.owesVerdict ||= draft.fact !== undefined
      throw error
    }
    this.#writtenAt.set(uid, now.getTime())
    return withMessages
  }

  /** Removes everything about an application. */
  async forget(application: string): Promise<void> {
    const keys = [...this.#open(application).keys()]
    await Promise.all(keys.map((key) => this.ports.rows.delete(key)))
    this.#stored.delete(application)
    this.#writtenAt.delete(application)
    this.#allowance.forget(application)
  }

  /** The fact that an application's rows say was announced last, unless it is known. */
  unannounced(account: Account, now: Date, isKnown: (factId: string) => boolean): FactDraft<HealthChanged> | undefined {
    const lost = lostFact(account, this.rowsOf(account.application.uid), now)
    return lost === undefined || isKnown(lost.id) ? undefined : lost
  }

  async announce(fact: FactDraft<HealthChanged>): Promise<void> {
    await this.ports.announcer.publish(healthChanged, fact)
    this.ports.onAnnounced(fact)
  }

  async #carryOut(application: string, { put, remove, fact }: VerdictDraft): Promise<void> {
    const { rows } = this.ports
    await Promise.all([...put.map(({ key, row }) => rows.put(key, row)), ...remove.map((key) => rows.delete(key))])
    if (fact) await this.announce(fact)
    const stored = this.#open(application)
    for (const { key, row } of put) stored.set(key, row)
    for (const key of remove) stored.delete(key)
  }

  #open(application: string): Map<string, HealthRecord> {
    const rows = this.#stored.get(application) ?? new Map<string, HealthRecord>()
    this.#stored.set(application, rows)
    return rows
  }
}
