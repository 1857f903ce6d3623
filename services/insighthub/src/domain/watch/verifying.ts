import type { ObjectRef } from '@k8or/contracts'
import type { Account } from '../account/account'
import type { Clock, LiveObjects } from '../ports'
import type { Forests } from '../tree/forests'
import type { Sighting } from '../tree/sighting'

interface VerifyingParts {
  readonly objects: Pick<LiveObjects, 'find'>
  readonly forests: Forests
  readonly clock: Clock
  /** What is known of an application may be another now. */
  readonly onVerified: (application: string) => void
}

/** Asks the cluster itself where the watches leave in doubt whether an object is there. */
export class Verifying {
  constructor(private readonly parts: VerifyingParts) {}

  /** Asks for an object; where there is no answer the last time, it is given up. */
  async verify(account: Account, ref: ObjectRef, isLast = false): Promise<void> {
    const before = account.uidOf(ref)
    const awaited = account.awaitedOf(ref)
    try {
      const found = await this.parts.objects.find(account.cluster, ref)
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
    this.parts.onVerified(account.application.uid)
  }

  /** Asks for what a new list of a kind does not show. */
  verifyUnseen(account: Account, kind: { group: string; kind: string }, sightings: readonly Sighting[]): void {
    const present = new Set(sightings.map(({ uid }) => uid))
    for (const { ref, uid } of account.entries.values())
      if (ref.group === kind.group && ref.kind === kind.kind && !present.has(uid)) void this.verify(account, ref)
  }

  /** It is there, so it is the application's, also when somebody took its label away. */
  #keep(account: Account, found: Sighting): void {
    const sighting = { ...found, application: account.application.uid }
    this.parts.forests.of(account.cluster).put(sighting)
    account.see(sighting, found.application === '' ? this.#now() : null)
  }

  #now(): number {
    return this.parts.clock.now().getTime()
  }
}
