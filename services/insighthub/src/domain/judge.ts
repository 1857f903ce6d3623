import type {
  Fact,
  FactDraft,
  HealthChanged,
  HealthRecord,
  ObjectRef,
  SyncFinished,
  SyncStarted,
} from '@k8or/contracts'
import type { Marks } from '@k8or/outcome'
import type { Account } from './account/account'
import { Accounts, type Declared, type Recalled } from './account/accounts'
import { VerdictBook, type BookPorts } from './account/verdict-book'
import type { Clock, LiveObjects } from './ports'
import { Forests } from './tree/forests'
import { growTree, type TreeNode } from './tree/grow-tree'
import { troubleBelow } from './tree/trouble-below'
import { firstKinds, toWatched } from './watch/kinds'
import { Sightings } from './watch/sightings'
import type { Silences } from './watch/silences'
import { Verifying } from './watch/verifying'

interface JudgePorts extends BookPorts {
  readonly objects: LiveObjects
  readonly marks: Pick<Marks, 'mark'>
  readonly clock: Clock
  readonly silences: Silences
}

/** Sees the objects of all clusters, keeps an account of every application, and writes down what changed. */
export class Judge {
  /** Where the watches tell what they see. */
  readonly sightings: Sightings
  readonly #accounts = new Accounts()
  readonly #forests = new Forests()
  readonly #unsettled = new Set<string>()
  readonly #book: VerdictBook
  readonly #verifying: Verifying

  constructor(private readonly ports: JudgePorts) {
    const { objects, clock, silences } = ports
    const mark = (application: string) => this.#mark(application)
    const known = { accounts: this.#accounts, forests: this.#forests }
    this.#book = new VerdictBook(ports)
    this.#verifying = new Verifying({ objects, clock, forests: this.#forests, onVerified: mark })
    this.sightings = new Sightings({ ...known, silences, verifying: this.#verifying, mark })
  }

  /** Takes over what was written before a restart. Comes before everything else. */
  restore(rows: readonly { readonly key: string; readonly value: HealthRecord }[], syncs: readonly Recalled[]): void {
    this.#accounts.recall(syncs)
    this.#book.restore(rows)
  }

  /** An application is declared, or its declaration changed. */
  declare(declared: Declared): void {
    const { application, cluster } = declared
    const rows = this.#book.rowsOf(application.uid).filter((row) => row.cluster === cluster)
    const account = this.#accounts.open(declared, rows, this.#now())
    if (!account) return
    for (const kind of firstKinds) this.ports.objects.watch(cluster, kind)
    for (const { object } of rows) if (object) this.#watch(cluster, object)
    for (const sighting of this.#forests.of(cluster).managedBy(application.uid)) account.see(sighting)
    this.#mark(application.uid)
  }

  /** An application is gone: so are the verdicts on it. */
  forget(application: string): void {
    this.#accounts.close(application)
    this.#mark(application)
  }

  syncStarted(fact: Fact<SyncStarted>): void {
    const account = this.#accountOf(fact)
    if (account === undefined) return
    account.syncStarted(fact, this.#now(), fact.data.waves > 1)
    for (const kind of fact.data.kinds) this.#watch(account.cluster, kind)
  }

  syncFinished(fact: Fact<SyncFinished>): void {
    const account = this.#accountOf(fact)
    if (account === undefined) return
    account.syncFinished(fact, this.#now())
    for (const { object } of fact.data.objects) this.#watch(account.cluster, object)
    this.#mark(account.application.uid)
  }

  /** A watch is broken, or has yet to begin. */
  troubled(cluster: string, kind: { group: string; kind: string }, reason: string): void {
    this.ports.silences.troubled(cluster, kind, reason, this.#now())
  }

  /** A watch goes on where it was broken. */
  stands(cluster: string, kind: { group: string; kind: string }): void {
    this.ports.silences.stands(cluster, kind)
    this.#markAllOn(cluster)
  }

  /** AccessPoint says whether a cluster answers. */
  clusterIs(cluster: string, unreachableReason: string | undefined): void {
    this.ports.silences.clusterIs(cluster, unreachableReason)
    this.#markAllOn(cluster)
  }

  /** What was written and announced is lost: all of it is said again. */
  tellAgain(): void {
    for (const account of this.#accounts.all()) {
      account.owesVerdict ||= this.#book.rowsOf(account.application.uid).length > 0
      this.#mark(account.application.uid)
    }
    this.#book.lose()
  }

  /** Facts whose rows were written before a restart, but which were never announced. */
  unannounced(isKnown: (factId: string) => boolean): FactDraft<HealthChanged>[] {
    const now = this.ports.clock.now()
    return this.#accounts.all().flatMap((account) => this.#book.unannounced(account, now, isKnown) ?? [])
  }

  /** Announces one of these. */
  announceLost(fact: FactDraft<HealthChanged>): Promise<void> {
    return this.#book.announce(fact)
  }

  /** Looks at everything whose time has come: objects that were waited for, messages, watches that became silent. */
  sweep(): void {
    for (const account of this.#accounts.all()) {
      this.#askForOverdue(account)
      const isDue = this.#unsettled.has(account.application.uid) || this.ports.silences.hasTrouble(account.cluster)
      if (isDue) this.#mark(account.application.uid)
    }
  }

  /** Writes down what changed about one application, once everything that it waits for was seen. */
  async announce(application: string): Promise<void> {
    const account = this.#accounts.of(application)
    if (account === undefined)
      return this.#accounts.isForgotten(application) ? this.#book.forget(application) : undefined
    const now = this.ports.clock.now()
    const silence = (ref: ObjectRef) => this.ports.silences.of(account.cluster, ref, now.getTime())
    if (account.isHeld(now.getTime(), (ref) => silence(ref) !== undefined)) return
    this.#unsettled.delete(application)
    const trouble = (uid: string) => troubleBelow(this.#forests.of(account.cluster), uid)
    const isSettled = await this.#book.write(account, now, { silence, trouble })
    if (!isSettled) this.#unsettled.add(application)
  }

  /** What an application made, and what that made in turn; undefined when there is no such application. */
  tree(application: string): TreeNode[] | undefined {
    const account = this.#accounts.of(application)
    return account && growTree(this.#forests.of(account.cluster), application)
  }

  #askForOverdue(account: Account): void {
    for (const { ref, isLast } of account.overdue(this.#now()))
      if (isLast || !this.ports.silences.isTroubled(account.cluster, ref))
        void this.#verifying.verify(account, ref, isLast)
  }

  #mark(application: string): void {
    this.#unsettled.add(application)
    this.ports.marks.mark(application)
  }

  #markAllOn(cluster: string): void {
    for (const { application } of this.#accounts.allOn(cluster)) this.#mark(application.uid)
  }

  /** A sync may be told of before its application's record is read. */
  #accountOf({ token, data: { application, cluster } }: Fact<SyncStarted | SyncFinished>): Account | undefined {
    const isUnknown = !this.#accounts.of(application.uid) && !this.#accounts.isForgotten(application.uid)
    if (isUnknown) this.declare({ application, token, cluster })
    return this.#accounts.on(cluster, application.uid)
  }

  #watch(cluster: string, kind: Pick<ObjectRef, 'group' | 'version' | 'kind'>): void {
    this.ports.objects.watch(cluster, toWatched(kind))
  }

  #now(): number {
    return this.ports.clock.now().getTime()
  }
}
