import type { Account } from '../account/account'
import type { Accounts } from '../account/accounts'
import type { Forests } from '../tree/forests'
import { isOfInterest, type Sighting } from '../tree/sighting'
import { managerAbove } from '../tree/trouble-below'
import type { Silences } from './silences'
import type { Verifying } from './verifying'

interface SightingsParts {
  readonly accounts: Accounts
  readonly forests: Forests
  readonly silences: Silences
  readonly verifying: Verifying
  /** What is said about an application may be another now. */
  readonly mark: (application: string) => void
}

/** Takes what the watches see, and tells apart whom it concerns. */
export class Sightings {
  constructor(private readonly parts: SightingsParts) {}

  /** All objects of a kind, as a watch that begins (again) lists them. */
  snapshot(cluster: string, kind: { group: string; kind: string }, sightings: readonly Sighting[]): void {
    const { accounts, forests, silences, verifying } = this.parts
    silences.stands(cluster, kind)
    const gone = forests.of(cluster).replaceKind(kind, sightings.filter(isOfInterest))
    for (const sighting of sightings) this.#account(cluster, sighting)?.see(sighting)
    const touched = new Set(
      [...sightings, ...gone].flatMap((sighting) => this.#account(cluster, sighting)?.application.uid ?? []),
    )
    for (const application of touched) this.parts.mark(application)
    for (const sighting of sightings) if (isDegraded(sighting)) this.#markAbove(cluster, sighting)
    for (const account of accounts.allOn(cluster)) verifying.verifyUnseen(account, kind, sightings)
  }

  /** An object is new or changed. */
  seen(cluster: string, sighting: Sighting): void {
    const forest = this.parts.forests.of(cluster)
    const before = isOfInterest(sighting) ? forest.put(sighting) : forest.remove(sighting.uid)
    const account = this.#account(cluster, sighting)
    account?.see(sighting)
    if (account) this.parts.mark(account.application.uid)
    else if (before) this.#missed(cluster, before)
    if (saysOtherwise(sighting, before)) this.#markAbove(cluster, sighting)
  }

  /** A watch says that an object is gone. It may only have lost its label: the cluster itself is asked. */
  vanished(cluster: string, sighting: Sighting): void {
    this.#missed(cluster, this.parts.forests.of(cluster).remove(sighting.uid) ?? sighting)
  }

  #missed(cluster: string, before: Sighting): void {
    const account = this.#account(cluster, before)
    if (account?.entries.size) void this.parts.verifying.verify(account, before.ref)
  }

  /** What an object says is a part of what is said about the one that made it. */
  #markAbove(cluster: string, sighting: Sighting): void {
    const { accounts, forests, mark } = this.parts
    const application = sighting.application === '' ? managerAbove(forests.of(cluster), sighting) : ''
    if (accounts.on(cluster, application)) mark(application)
  }

  #account(cluster: string, { application }: Sighting): Account | undefined {
    return this.parts.accounts.on(cluster, application)
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
