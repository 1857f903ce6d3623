import type {
  ApplicationRef,
  Fact,
  FactDraft,
  HealthChanged,
  HealthRecord,
  ObjectRef,
  SyncFinished,
  SyncStarted,
} from '@k8or/contracts'
import { Account, rememberSync, type LastSync } from './account/account'
import { VerdictBook, type BookPorts } from './account/verdict-book'
import type { Clock, LiveObjects, Marks } from './ports'
import { Forest } from './tree/forest'
import { growTree, type TreeNode } from './tree/grow-tree'
import { isOfInterest, type Sighting } from './tree/sighting'
import { managerAbove, troubleBelow } from './tree/trouble-below'
import { firstKinds, toWatched } from './watch/kinds'
import type { Silences } from './watch/silences'

interface JudgePorts extends BookPorts {
  readonly objects: LiveObjects
  readonly marks: Marks
  readonly clock: Clock
  readonly silences: Silences
}

/** An application and the cluster that its destination names. */
export interface Declared {
  readonly application: ApplicationRef
  readonly token: string
  readonly cluster: string
}

/** The newest sync of an application. */
export interface Recalled extends LastSync {
  readonly application: string
}

/** Sees the objects of all clusters, keeps an account of every application, and writes down what changed. */
export class Judge {
  readonly #accounts = new Map<string, Account>()
  readonly #forests = new Map<string, Forest>()
  readonly #recalled = new Map<string, LastSync>()
  readonly #unsettled = new Set<string>()
  readonly #forgotten = new Set<string>()

  readonly #book: VerdictBook

  constructor(private readonly ports: JudgePorts) {
    this.#book = new VerdictBook(ports)
  }

  /** Takes over what was written before a restart. Comes before everything else. */
  restore(rows: readonly { readonly key: string; readonly value: HealthRecord }[], syncs: readonly Recalled[]): void {
    for (const sync of syncs) this.#recalled.set(sync.application, rememberSync(sync))
    this.#book.restore(rows)
  }

  /** An application is declared, or its declaration changed. */
  declare({ application, token, cluster }: Declared): void {
    const known = this.#accounts.get(application.uid)
    if (known?.cluster === cluster && known.application.project === application.project) return
    const account = new Account(application, token, cluster)
    account.lastSync = known?.lastSync ?? this.#recalled.get(application.uid)
    account.owesVerdict = known?.owesVerdict ?? false
    const rows = this.#book.rowsOf(application.uid).filter((row) => row.cluster === cluster)
    account.restore(rows, this.#now())
    this.#accounts.set(application.uid, account)
    for (const kind of firstKinds) this.ports.objects.watch(cluster, kind)
    for (const { object } of rows) if (object) this.#watch(cluster, object)
    for (const sighting of this.#forest(cluster).managedBy(application.uid)) account.see(sighting)
    this.#mark(application.uid)
  }

  /** An application is gone: so are the verdicts on it. */
  forget(application: string): void {
    this.#accounts.delete(application)
    this.#forgotten.add(application)
    this.#mark(application)
  }

  syncStarted(fact: Fact<SyncStarted>): void {
    const account = this.#accountOf(fact)
    if (account === undefined) return
    account.syncStarted(fact, this.#now(), fact.data.waves > 1)
    for (const kind of fact.data.kinds) this.ports.objects.watch(account.cluster, toWatched(kind))
  }

  syncFinished(fact: Fact<SyncFinished>): void {
    const account = this.#accountOf(fact)
    if (account === undefined) return
    account.syncFinished(fact, this.#now())
    for (const { object } of fact.data.objects) this.#watch(account.cluster, object)
    this.#mark(account.application.uid)
  }

  /** All objects of a kind, as a watch that begins (again) lists them. */
  snapshot(cluster: string, kind: { group: string; kind: string }, sightings: readonly Sighting[]): void {
    this.ports.silences.stands(cluster, kind)
    const gone = this.#forest(cluster).replaceKind(kind, sightings.filter(isOfInterest))
    for (const sighting of sightings) this.#account(cluster, sighting)?.see(sighting)
    const touched = new Set(
      [...sightings, ...gone].flatMap((sighting) => this.#account(cluster, sighting)?.application.uid ?? []),
    )
    for (const application of touched) this.#mark(application)
    for (const sighting of sightings) if (isDegraded(sighting)) this.#markAbove(cluster, sighting)
    for (const account of this.#accountsOn(cluster)) this.#verifyUnseen(account, kind, sightings)
  }

  /** An object is new or changed. */
  seen(cluster: string, sighting: Sighting): void {
    const before = isOfInterest(sighting)
      ? this.#forest(cluster).put(sighting)
      : this.#forest(cluster).remove(sighting.uid)
    const account = this.#account(cluster, sighting)
    account?.see(sighting)
    if (account) this.#mark(account.application.uid)
    else if (before) this.#missed(cluster, before)
    if (saysOtherwise(sighting, before)) this.#markAbove(cluster, sighting)
  }

  /** A watch says that an object is gone. It may only have lost its label: the cluster itself is asked. */
  vanished(cluster: string, sighting: Sighting): void {
    this.#missed(cluster, this.#forest(cluster).remove(sighting.uid) ?? sighting)
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
    for (const account of this.#accounts.values()) {
      account.owesVerdict ||= this.#book.rowsOf(account.application.uid).length > 0
      this.#mark(account.application.uid)
    }
    this.#book.lose()
  }

  /** Facts whose rows were written before a restart, but which were never announced. */
  unannounced(isKnown: (factId: string) => boolean): FactDraft<HealthChanged>[] {
    const now = this.ports.clock.now()
    return [...this.#accounts.values()].flatMap((account) => this.#book.unannounced(account, now, isKnown) ?? [])
  }

  /** Looks at everything whose time has come: objects that were waited for, messages, watches that became silent. */
  sweep(): void {
    const now = this.#now()
    for (const account of this.#accounts.values()) {
      for (const { ref, isLast } of account.overdue(now))
        if (isLast || !this.ports.silences.isTroubled(account.cluster, ref)) void this.#verify(account, ref, isLast)
      const isDue = this.#unsettled.has(account.application.uid) || this.ports.silences.hasTrouble(account.cluster)
      if (isDue) this.#mark(account.application.uid)
    }
  }

  /** Writes down what changed about one application, once everything that it waits for was seen. */
  async announce(application: string): Promise<void> {
    const account = this.#accounts.get(application)
    if (account === undefined) return this.#forgotten.has(application) ? this.#book.forget(application) : undefined
    const now = this.ports.clock.now()
    const silence = (ref: ObjectRef) => this.ports.silences.of(account.cluster, ref, now.getTime())
    if (account.isHeld(now.getTime(), (ref) => silence(ref) !== undefined)) return
    this.#unsettled.delete(application)
    const trouble = (uid: string) => troubleBelow(this.#forest(account.cluster), uid)
    const isSettled = await this.#book.write(account, now, { silence, trouble })
    if (!isSettled) this.#unsettled.add(application)
  }

  /** What an application made, and what that made in turn; undefined when there is no such application. */
  tree(application: string): TreeNode[] | undefined {
    const account = this.#accounts.get(application)
    return account && growTree(this.#forest(account.cluster), application)
  }

  #verifyUnseen(account: Account, kind: { group: string; kind: string }, sightings: readonly Sighting[]): void {
    const present = new Set(sightings.map(({ uid }) => uid))
    for (const { ref, uid } of account.entries.values())
      if (ref.group === kind.group && ref.kind === kind.kind && !present.has(uid)) void this.#verify(account, ref)
  }

  #missed(cluster: string, before: Sighting): void {
    const account = this.#account(cluster, before)
    if (account?.entries.size) void this.#verify(account, before.ref)
  }

  async #verify(account: Account, ref: ObjectRef, isLast = false): Promise<void> {
    const before = account.uidOf(ref)
    const awaited = account.awaitedOf(ref)
    try {
      const found = await this.ports.objects.find(account.cluster, ref)
      if (found !== undefined) {
        this.#keep(account, found)
        account.settle(ref, awaited)
      } else if (account.uidOf(ref) === before) {
        // Otherwise another one of that name was seen since the question was asked.
        account.lose(ref)
      }
    } catch (error) {
      if (isLast) account.giveUp(ref, error instanceof Error ? error.message : String(error))
      else account.doubt(ref, this.#now())
    }
    this.#mark(account.application.uid)
  }

  /** It is there, so it is the application's, also when somebody took its label away. */
  #keep(account: Account, found: Sighting): void {
    const sighting = { ...found, application: account.application.uid }
    this.#forest(account.cluster).put(sighting)
    account.see(sighting, found.application === '' ? this.#now() : null)
  }

  #mark(application: string): void {
    this.#unsettled.add(application)
    this.ports.marks.mark(application)
  }

  /** What an object says is a part of what is said about the one that made it. */
  #markAbove(cluster: string, sighting: Sighting): void {
    const application = sighting.application === '' ? managerAbove(this.#forest(cluster), sighting) : ''
    if (this.#accounts.get(application)?.cluster === cluster) this.#mark(application)
  }

  #markAllOn(cluster: string): void {
    for (const { application } of this.#accountsOn(cluster)) this.#mark(application.uid)
  }

  /** A sync may be told of before its application's record is read. */
  #accountOf({ token, data: { application, cluster } }: Fact<SyncStarted | SyncFinished>): Account | undefined {
    const isUnknown = !this.#accounts.has(application.uid) && !this.#forgotten.has(application.uid)
    if (isUnknown) this.declare({ application, token, cluster })
    const account = this.#accounts.get(application.uid)
    return account?.cluster === cluster ? account : undefined
  }

  #account(cluster: string, { application }: Sighting): Account | undefined {
    const account = application === '' ? undefined : this.#accounts.get(application)
    return account?.cluster === cluster ? account : undefined
  }

  #accountsOn(cluster: string): Account[] {
    return [...this.#accounts.values()].filter((account) => account.cluster === cluster)
  }

  #watch(cluster: string, ref: ObjectRef): void {
    this.ports.objects.watch(cluster, toWatched(ref))
  }

  #forest(cluster: string): Forest {
    const forest = this.#forests.get(cluster) ?? new Forest()
    this.#forests.set(cluster, forest)
    return forest
  }

  #now(): number {
    return this.ports.clock.now().getTime()
  }
}

function isDegraded({ health }: Sighting): boolean {
  return health?.status === 'Degraded'
}

/** Whether what is wrong with an object, or that something is, has changed. */
function saysOtherwise(now: Sighting, before: Sighting | undefined): boolean {
  if (isDegraded(now)) return now.health?.message !== before?.health?.message || before?.health?.status !== 'Degraded'
  return before !== undefined && isDegraded(before)
}
