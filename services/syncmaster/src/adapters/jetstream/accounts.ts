import { appliedRecord, applicationRecord, bucketOf, decisionRecord } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'
import { keyOf } from '@k8or/kube-objects'
import { Later } from '@k8or/outcome'
import type { Accounts, AccountView } from '../../domain/account/accounts'
import type { Clock } from '../../domain/ports'
import { RecordedAccount, type AccountRecords, type StoredAccount } from './recorded-account'

/** The accounts of the applications whose buckets are held here: in memory, and in the records of the bus. */
export class RecordedAccounts implements Accounts {
  readonly #open = new Map<string, RecordedAccount>()
  readonly #stored = new Map<string, StoredAccount>()
  readonly #records: AccountRecords
  /** The buckets that were won and are to be read, each by the winning of it. */
  readonly #gained = new Map<number, symbol>()
  readonly #held = new Set<number>()
  #loading: Promise<void> | undefined

  constructor(
    bus: Bus,
    private readonly clock: Clock,
  ) {
    this.#records = {
      applied: bus.records(appliedRecord),
      decisions: bus.records(decisionRecord),
      applications: bus.records(applicationRecord),
    }
  }

  /**
   * Reads what was stored of the applications of a bucket that is held from now on. Buckets that are gained together
   * are read together. Answers the applications that are known.
   */
  async gain(bucket: number): Promise<string[]> {
    if (!this.#gained.has(bucket)) this.#gained.set(bucket, Symbol(bucket))
    this.#loading ??= this.#load()
    await this.#loading
    if (this.#gained.has(bucket)) return this.gain(bucket)
    return this.known(bucket)
  }

  /** The applications of a bucket of which anything is stored. */
  known(bucket: number): string[] {
    return [...this.#open.keys(), ...this.#stored.keys()].filter((uid) => bucketOf(uid) === bucket)
  }

  async open(application: string): Promise<RecordedAccount> {
    while (this.#loading) await this.#loading
    // Whoever took an account for empty because it was not read would write over what is stored.
    if (!this.#held.has(bucketOf(application)))
      throw new Later(
        `the account of application ${application} was not read: bucket ${bucketOf(application)} is not held`,
      )
    const known = this.#open.get(application)
    if (known) return known
    const stored = this.#stored.get(application) ?? emptyAccount()
    this.#stored.delete(application)
    const account = new RecordedAccount(application, stored, this.#records, this.clock)
    this.#open.set(application, account)
    return account
  }

  async read(application: string): Promise<AccountView> {
    if (this.#held.has(bucketOf(application))) return this.open(application)
    const { applied, decisions, applications } = this.#records
    const [rows, decision, declaration] = await Promise.all([
      applied.list(`${application}.>`),
      decisions.get(application),
      applications.get(application),
    ])
    const stored = {
      applied: new Map(rows.map(({ value }) => [keyOf(value.object), value])),
      decision: decision?.value,
      declaration: declaration && { record: declaration.value, revision: declaration.revision },
    }
    return new RecordedAccount(application, stored, this.#records, this.clock)
  }

  expected(application: string, key: string): string | undefined {
    return this.#open.get(application)?.applied.get(key)?.projectionDigest
  }

  close(application: string): void {
    this.#open.delete(application)
    this.#stored.delete(application)
  }

  /** The bucket is held no longer: whatever is known of its applications may be wrong from now on. */
  lose(bucket: number): string[] {
    this.#gained.delete(bucket)
    this.#held.delete(bucket)
    const lost = this.known(bucket)
    for (const uid of lost) this.close(uid)
    return lost
  }

  async remove(application: string): Promise<void> {
    const account = await this.open(application)
    await account.forget()
    this.#open.delete(application)
  }

  async #load(): Promise<void> {
    try {
      // Whatever is gained in the same moment is read along.
      await Promise.resolve()
      while (this.#gained.size > 0) {
        const buckets = new Map(this.#gained)
        await this.#read(buckets)
        for (const [bucket, winning] of buckets) this.#hold(bucket, winning)
      }
    } finally {
      this.#loading = undefined
    }
  }

  /** A bucket that was lost while it was read is another's, and what was read of it may be wrong already. */
  #hold(bucket: number, winning: symbol): void {
    if (this.#gained.get(bucket) !== winning) {
      for (const uid of this.known(bucket)) this.close(uid)
      return
    }
    this.#gained.delete(bucket)
    this.#held.add(bucket)
  }

  async #read(buckets: ReadonlyMap<number, symbol>): Promise<void> {
    const { applied, decisions, applications } = this.#records
    const [rows, decided, declared] = await Promise.all([applied.list(), decisions.list(), applications.list()])
    const of = (uid: string): StoredAccount => {
      const known = this.#stored.get(uid) ?? emptyAccount()
      if (buckets.has(bucketOf(uid)) && !this.#open.has(uid)) this.#stored.set(uid, known)
      return known
    }
    for (const { key, value } of rows) of(key.slice(0, key.lastIndexOf('.'))).applied.set(keyOf(value.object), value)
    for (const { key, value } of decided) of(key).decision = value
    for (const { key, value, revision } of declared) of(key).declaration = { record: value, revision }
  }
}

function emptyAccount(): StoredAccount {
  return { applied: new Map(), decision: undefined, declaration: undefined }
}
