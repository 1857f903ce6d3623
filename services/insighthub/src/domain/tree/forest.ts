import { kindKey } from '../watch/kinds'
import type { Sighting } from './sighting'

/** Everything that is seen of one cluster, by uid, application and owner. */
export class Forest {
  readonly #byUid = new Map<string, Sighting>()
  readonly #byKind = new Groups()
  readonly #byApplication = new Groups()
  readonly #byOwner = new Groups()

  /** Takes an object as it is now. Answers what was known of it before. */
  put(sighting: Sighting): Sighting | undefined {
    const before = this.remove(sighting.uid)
    this.#byUid.set(sighting.uid, sighting)
    for (const [groups, key] of this.#places(sighting)) groups.add(key, sighting.uid)
    return before
  }

  /** Forgets an object. Answers what was known of it. */
  remove(uid: string): Sighting | undefined {
    const known = this.#byUid.get(uid)
    if (known === undefined) return undefined
    this.#byUid.delete(uid)
    for (const [groups, key] of this.#places(known)) groups.remove(key, uid)
    return known
  }

  /** Replaces all objects of a kind. Answers those that are gone. */
  replaceKind(kind: { group: string; kind: string }, sightings: readonly Sighting[]): Sighting[] {
    const present = new Set(sightings.map(({ uid }) => uid))
    const gone = [...this.#byKind.of(kindKey(kind))].filter((uid) => !present.has(uid))
    const removed = gone.flatMap((uid) => this.remove(uid) ?? [])
    for (const sighting of sightings) this.put(sighting)
    return removed
  }

  /** An object by its uid. */
  get(uid: string): Sighting | undefined {
    return this.#byUid.get(uid)
  }

  /** The objects that an application manages. */
  managedBy(application: string): Sighting[] {
    return this.#resolve(this.#byApplication.of(application))
  }

  /** The objects that name this one as an owner. */
  ownedBy(uid: string): Sighting[] {
    return this.#resolve(this.#byOwner.of(uid))
  }

  #resolve(uids: Iterable<string>): Sighting[] {
    return [...uids].flatMap((uid) => this.#byUid.get(uid) ?? [])
  }

  #places({ ref, application, owners }: Sighting): [Groups, string][] {
    const managed: [Groups, string][] = application === '' ? [] : [[this.#byApplication, application]]
    return [
      [this.#byKind, kindKey(ref)],
      ...managed,
      ...owners.map((owner): [Groups, string] => [this.#byOwner, owner]),
    ]
  }
}

class Groups {
  readonly #members = new Map<string, Set<string>>()

  of(key: string): ReadonlySet<string> {
    return this.#members.get(key) ?? new Set()
  }

  add(key: string, member: string): void {
    const members = this.#members.get(key)
    if (members === undefined) this.#members.set(key, new Set([member]))
    else members.add(member)
  }

  remove(key: string, member: string): void {
    const members = this.#members.get(key)
    members?.delete(member)
    if (members?.size === 0) this.#members.delete(key)
  }
}
