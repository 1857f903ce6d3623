import type { DesiredSets } from '../../domain/ports'
import type { DesiredSet } from '../../domain/plan/desired'

/** The sets that were used last, up to so many objects altogether. */
export class RecentDesiredSets implements DesiredSets {
  readonly #sets = new Map<string, DesiredSet>()
  #objects = 0

  constructor(private readonly mostObjects: number) {}

  get(key: string): DesiredSet | undefined {
    const set = this.#sets.get(key)
    if (!set) return undefined
    this.#sets.delete(key)
    this.#sets.set(key, set)
    return set
  }

  put(key: string, set: DesiredSet): void {
    this.#drop(key)
    this.#sets.set(key, set)
    this.#objects += set.objects.length
    for (const oldest of this.#sets.keys()) {
      if (this.#objects <= this.mostObjects || oldest === key) return
      this.#drop(oldest)
    }
  }

  #drop(key: string): void {
    const set = this.#sets.get(key)
    if (!set) return
    this.#sets.delete(key)
    this.#objects -= set.objects.length
  }
}
