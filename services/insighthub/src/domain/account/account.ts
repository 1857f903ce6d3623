import {
  objectKeyHash,
  type ApplicationRef,
  type Health,
  type HealthRecord,
  type ObjectRef,
  type SyncFinished,
} from '@k8or/contracts'
import type { Sighting } from '../tree/sighting'
import { health } from '../verdict/rule'

/** A managed object as its application's account knows it. */
export interface Entry {
  ref: ObjectRef
  uid: string
  generation: number
  /** The verdict on what was last seen; null where no rule has an opinion. */
  health: Health | null
  isLive: boolean
  counts: boolean
  /** It was pruned: once it is gone it is no longer of this application. */
  isRetired: boolean
  /** What has to be seen of it before the application can be judged. */
  awaits: { readonly uid: string; readonly generation: number; readonly since: number } | null
  /** When it was last asked for, because it has lost its label and no watch shows it. */
  strayedAt: number | null
}

/** An object that somebody should ask the cluster for; the last time, an answer has to be found without it. */
export interface Overdue {
  readonly ref: ObjectRef
  readonly isLast: boolean
}

/** The fact that health is a consequence of: the newest sync of the application. */
export interface LastSync {
  readonly id: string
  readonly correlationId: string
  /** The trace that it is a part of, if any. */
  readonly traceparent?: string
}

/** Keeps of a fact what its consequences name it by, not its data. */
export function rememberSync({ id, correlationId, traceparent = '' }: LastSync): LastSync {
  return { id, correlationId, ...(traceparent === '' ? {} : { traceparent }) }
}

/** What a fact that follows from the newest sync says of where it comes from. */
export function originOf(lastSync: LastSync | undefined) {
  if (lastSync === undefined) return { causes: [] }
  const { id, correlationId, traceparent } = lastSync
  return { causes: [id], correlationId, ...(traceparent === undefined ? {} : { traceparent }) }
}

/** Syncs that take longer than this are judged while they run. */
const longestHoldMs = 500
const anyUid = ''
const askAfterMs = 1000
const giveUpAfterMs = 10_000
const strayEveryMs = 10_000

/** What is known of one application: its managed objects, and which sync they are a consequence of. */
export class Account {
  readonly entries = new Map<string, Entry>()
  lastSync: LastSync | undefined
  /** A sync finished and no verdict was announced since. */
  owesVerdict = false
  #openSince: number | undefined

  constructor(
    readonly application: ApplicationRef,
    readonly token: string,
    readonly cluster: string,
  ) {}

  /** Takes over what was written before a restart; every object has to be seen again. */
  restore(rows: readonly HealthRecord[], now: number): void {
    for (const { object, uid, generation, health: verdict } of rows) {
      if (object === null) continue
      const isLive = verdict?.status !== 'Missing'
      const awaits = { uid: anyUid, generation: 0, since: now }
      const known = { ref: object, uid, generation, health: verdict, isLive }
      const entry = { ...known, counts: true, isRetired: false, awaits, strayedAt: null }
      this.entries.set(objectKeyHash(object), entry)
    }
  }

  /** Takes an object as it is now; `strayedAt` when it was asked for and no watch shows it. */
  see(sighting: Sighting, strayedAt: number | null = null): void {
    const key = objectKeyHash(sighting.ref)
    const { ref, uid, generation, counts } = sighting
    const known = this.entries.get(key)
    const isSettled = known === undefined || known.awaits === null || settles(known.awaits, sighting)
    const awaits = isSettled ? null : known.awaits
    const isRetired = known?.isRetired ?? false
    this.entries.set(key, {
      ref,
      uid,
      generation,
      health: sighting.health,
      isLive: true,
      counts,
      isRetired,
      awaits,
      strayedAt,
    })
  }

  /** An object is not there; the cluster itself said so. */
  lose(ref: ObjectRef): void {
    const key = objectKeyHash(ref)
    const known = this.entries.get(key)
    if (known === undefined) return
    if (known.isRetired) this.entries.delete(key)
    else
      this.entries.set(key, {
        ...known,
        health: health('Missing', 'It is not in the cluster'),
        isLive: false,
        awaits: null,
      })
  }

  /** The uid under which an object is known; undefined when it is not. */
  uidOf(ref: ObjectRef): string | undefined {
    return this.entries.get(objectKeyHash(ref))?.uid
  }

  /** It is not clear whether an object is still there: it has to be seen again. */
  doubt(ref: ObjectRef, now: number): void {
    const known = this.entries.get(objectKeyHash(ref))
    if (known) known.awaits ??= { uid: anyUid, generation: 0, since: now }
  }

  /** What is waited for about an object; null for nothing. */
  awaitedOf(ref: ObjectRef): Entry['awaits'] {
    return this.entries.get(objectKeyHash(ref))?.awaits ?? null
  }

  /** The cluster itself has shown an object: what was waited for when it was asked will not come any more. */
  settle(ref: ObjectRef, awaited: Entry['awaits']): void {
    const known = this.entries.get(objectKeyHash(ref))
    if (known !== undefined && known.awaits === awaited) known.awaits = null
  }

  /** The cluster has no answer about an object that has to be seen. */
  giveUp(ref: ObjectRef, reason: string): void {
    const known = this.entries.get(objectKeyHash(ref))
    if (known?.awaits) Object.assign(known, { health: health('Unknown', reason), awaits: null })
  }

  /** A sync began: what is seen from now on is its consequence. Whoever waits between its waves must hear of each verdict. */
  syncStarted(fact: LastSync, now: number, waits = false): void {
    this.lastSync = rememberSync(fact)
    this.#openSince = waits ? undefined : now
  }

  /** A sync ended: what it applied has to be seen, what it pruned may go. */
  syncFinished(fact: LastSync & { readonly data: SyncFinished }, now: number): void {
    this.lastSync = rememberSync(fact)
    this.#openSince = undefined
    this.owesVerdict = true
    for (const { object, result, uid, generation } of fact.data.objects) {
      if (result === 'deleted') this.#retire(object)
      else if (uid !== '' && result !== 'failed') this.#await(object, { uid, generation, since: now })
    }
  }

  /** Whether a verdict now would be on less than the whole: a sync is under way, or an object was not yet seen. */
  isHeld(now: number, isSilent: (ref: ObjectRef) => boolean): boolean {
    if (this.#openSince !== undefined && now - this.#openSince < longestHoldMs) return true
    return [...this.entries.values()].some(({ awaits, ref }) => awaits !== null && !isSilent(ref))
  }

  /** The objects to ask the cluster for: waited for too long, or seen by no watch. */
  overdue(now: number): Overdue[] {
    return [...this.entries.values()].flatMap(({ ref, awaits, strayedAt }) => {
      const waited = awaits === null ? -1 : now - awaits.since
      const isStray = strayedAt !== null && now - strayedAt >= strayEveryMs
      return waited >= askAfterMs || isStray ? [{ ref, isLast: waited >= giveUpAfterMs }] : []
    })
  }

  #retire(ref: ObjectRef): void {
    const key = objectKeyHash(ref)
    const known = this.entries.get(key)
    if (known?.isLive) this.entries.set(key, { ...known, isRetired: true, awaits: null })
    else this.entries.delete(key)
  }

  #await(ref: ObjectRef, awaits: NonNullable<Entry['awaits']>): void {
    const key = objectKeyHash(ref)
    const known = this.entries.get(key)
    if (known?.isLive && settles(awaits, known)) this.entries.set(key, { ...known, isRetired: false, awaits: null })
    else if (known) this.entries.set(key, { ...known, isRetired: false, awaits })
    else
      this.entries.set(key, {
        ref,
        ...awaits,
        health: null,
        isLive: false,
        counts: true,
        isRetired: false,
        awaits,
        strayedAt: null,
      })
  }
}

function settles(awaits: { uid: string; generation: number }, seen: { uid: string; generation: number }): boolean {
  return awaits.uid === anyUid || (awaits.uid === seen.uid && seen.generation >= awaits.generation)
}
