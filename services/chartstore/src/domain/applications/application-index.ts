import { repositoryToken, revisionKey, type ApplicationRecord } from '@k8or/contracts'

/** An application with the fact that declared it as it is now. */
export interface DeclaredApplication {
  readonly record: ApplicationRecord
  /** The revision of the record: a higher one is newer. */
  readonly revision: number
  readonly factId: string
  readonly correlationId: string
}

/** The applications that are declared, and which of them follow a revision. */
export class ApplicationIndex {
  readonly #applications = new Map<string, DeclaredApplication>()
  readonly #followers = new Map<string, Set<string>>()

  /** Takes an application as the record has it; what is older than known is ignored. */
  put(application: DeclaredApplication): void {
    const known = this.#applications.get(application.record.ref.uid)
    if (known && known.revision > application.revision) return
    this.remove(application.record.ref.uid)
    this.#applications.set(application.record.ref.uid, application)
    for (const key of followedRevisions(application.record)) this.#followersOf(key).add(application.record.ref.uid)
  }

  remove(uid: string): void {
    const known = this.#applications.get(uid)
    this.#applications.delete(uid)
    if (known) for (const key of followedRevisions(known.record)) this.#unfollow(key, uid)
  }

  get(uid: string): DeclaredApplication | undefined {
    return this.#applications.get(uid)
  }

  /** The applications that follow a revision, by the revision's key. */
  followers(key: string): DeclaredApplication[] {
    const uids = [...(this.#followers.get(key) ?? [])]
    return uids.map((uid) => this.#applications.get(uid)).filter((application) => application !== undefined)
  }

  uids(): string[] {
    return [...this.#applications.keys()]
  }

  #followersOf(key: string): Set<string> {
    const followers = this.#followers.get(key) ?? new Set()
    this.#followers.set(key, followers)
    return followers
  }

  #unfollow(key: string, uid: string): void {
    const followers = this.#followers.get(key)
    followers?.delete(uid)
    if (followers?.size === 0) this.#followers.delete(key)
  }
}

/** The keys of the revisions that an application follows. */
function followedRevisions({ sources }: ApplicationRecord): string[] {
  return sources.map(({ repoURL, targetRevision }) => revisionKey(repositoryToken(repoURL), targetRevision))
}
