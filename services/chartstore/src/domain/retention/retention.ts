import { describeError } from '@k8or/outcome'
import type { ApplicationIndex } from '../applications/application-index'
import type { Archive, ArchivedRelease, Deployments } from './archive'
import { expiredReleases } from './expired-releases'

/** What a sweep did. */
export interface Swept {
  readonly releases: number
  readonly manifests: number
  /** Applications that are no longer declared, and were not at the sweep before either. */
  readonly gone: readonly string[]
  /** Applications whose releases all stay, because nobody could say what runs. */
  readonly unknown: readonly { readonly uid: string; readonly reason: string }[]
}

/**
 * Removes what nobody can ask for any more. Where something is not known, all stays. Killed anywhere, the next sweep finds
 * what is left: manifests that no release names, releases of nobody.
 */
export class Retention {
  #missing: ReadonlySet<string> = new Set()
  #gone: ReadonlySet<string> = new Set()

  constructor(
    private readonly applications: ApplicationIndex,
    private readonly archive: Archive,
    private readonly deployments: Deployments,
    private readonly kept: number,
  ) {}

  /** Looks at everything that is stored. */
  async sweep(signal: AbortSignal): Promise<Swept> {
    const digests = await this.archive.digests()
    const rows = Map.groupBy(await this.archive.rows(), ({ application }) => application.uid)
    this.noteMissing([...rows.keys()])
    const unknown: { uid: string; reason: string }[] = []
    const needed = new Set<string>()
    let releases = 0
    for (const [uid, ofOne] of rows) {
      signal.throwIfAborted()
      const expired = await this.expiredOf(ofOne, signal).catch((error: unknown) => {
        unknown.push({ uid, reason: describeError(error) })
        return new Set<number>()
      })
      for (const release of expired) await this.archive.remove(uid, release)
      releases += expired.size
      for (const row of ofOne)
        if (row.isNewest || !expired.has(row.release)) needed.add(row.digest).add(row.readsDigest)
    }
    let manifests = 0
    for (const digest of digests) {
      if (!needed.has(digest) && (await this.archive.removeManifests(digest))) manifests += 1
    }
    return { releases, manifests, gone: [...this.#gone], unknown }
  }

  /** Removes what is stored of an application that is gone; nothing of one that is declared again. */
  async forget(uid: string): Promise<void> {
    if (this.#gone.has(uid) && !this.applications.get(uid)) await this.archive.forget(uid)
  }

  /** An application counts as gone once it was missing twice: a declaration may only be late. */
  private noteMissing(stored: readonly string[]): void {
    const missing = new Set(stored.filter((uid) => !this.applications.get(uid)))
    this.#gone = new Set([...missing].filter((uid) => this.#missing.has(uid)))
    this.#missing = missing
  }

  private async expiredOf(rows: readonly ArchivedRelease[], signal: AbortSignal): Promise<ReadonlySet<number>> {
    const numbers = rows.filter(({ isNewest }) => !isNewest).map(({ release }) => release)
    const newest = rows.find(({ isNewest }) => isNewest) ?? rows.toSorted((a, b) => b.release - a.release)[0]
    if (!newest || numbers.length <= this.kept + 1 || this.#missing.has(newest.application.uid)) return new Set()
    const deployed = await this.deployments.of(newest.application, signal)
    return new Set(expiredReleases(numbers, { newest: newest.release, deployed, more: this.kept }))
  }
}
