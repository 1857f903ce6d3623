import {
  repositoryMatchKey,
  repositoryToken,
  withoutPassword,
  type ApplicationRecord,
  type RepositoryRef,
} from '@k8or/contracts'

/** A repository that applications follow, with the target revisions that they name; an empty one is `HEAD`. */
export interface FollowedRepository extends RepositoryRef {
  /** The URL as declared, which may carry credentials. */
  readonly declaredUrl: string
  readonly targets: readonly string[]
}

interface Follower {
  readonly revision: number
  readonly sources: readonly { readonly token: string; readonly url: string; readonly target: string }[]
}

/** Which repositories and revisions the declared applications follow. */
export class Followed {
  private readonly followers = new Map<string, Follower>()
  private readonly byToken = new Map<string, Set<string>>()

  /**
   * Takes an application as it is now, or its absence; what is older than known is ignored. Answers whether it has
   * ceased to follow something.
   */
  put(uid: string, application: ApplicationRecord | null, revision: number): boolean {
    const known = this.followers.get(uid)
    if (known && known.revision >= revision) return false
    return this.follow(uid, revision, application ? gitSources(application) : [])
  }

  /** The application is gone. Answers whether it had followed something. */
  remove(uid: string): boolean {
    const known = this.followers.get(uid)
    return known ? this.follow(uid, known.revision, []) : false
  }

  private follow(uid: string, revision: number, sources: Follower['sources']): boolean {
    const before = this.followers.get(uid)?.sources ?? []
    for (const source of before) this.leave(source.token, uid)
    for (const source of sources) this.join(source.token, uid)
    this.followers.set(uid, { revision, sources })
    return before.some((was) => !sources.some(({ token, target }) => token === was.token && target === was.target))
  }

  tokens(): string[] {
    return [...this.byToken.keys()]
  }

  /** The repository as it is followed now; undefined when nobody follows it any more. */
  repository(token: string): FollowedRepository | undefined {
    const uids = this.byToken.get(token)
    if (!uids) return undefined
    const sources = [...uids].flatMap((uid) => this.followers.get(uid)?.sources ?? [])
    const own = sources.filter((source) => source.token === token)
    const [first] = own
    if (!first) return undefined
    const targets = [...new Set(own.map((source) => source.target))].sort()
    return { token, declaredUrl: first.url, url: withoutPassword(first.url), targets }
  }

  /** What one application follows: repository tokens with target revisions. */
  targetsOf(uid: string): readonly { readonly token: string; readonly target: string }[] {
    return this.followers.get(uid)?.sources ?? []
  }

  /** The followed repositories that a webhook means by any of these URLs (user, port, scheme and `.git` do not count). */
  matching(urls: readonly string[]): string[] {
    const keys = new Set(urls.map(repositoryMatchKey))
    return this.tokens().filter((token) => {
      const url = this.repository(token)?.url
      return url !== undefined && keys.has(repositoryMatchKey(url))
    })
  }

  private join(token: string, uid: string): void {
    const uids = this.byToken.get(token) ?? new Set()
    this.byToken.set(token, uids.add(uid))
  }

  private leave(token: string, uid: string): void {
    const uids = this.byToken.get(token)
    uids?.delete(uid)
    if (uids?.size === 0) this.byToken.delete(token)
  }
}

function gitSources(application: ApplicationRecord): Follower['sources'] {
  return application.sources
    .filter((source) => source.chart === undefined && !source.repoURL.startsWith('oci://'))
    .map(({ repoURL, targetRevision }) => ({
      token: repositoryToken(repoURL),
      url: repoURL,
      target: targetRevision === '' ? 'HEAD' : targetRevision,
    }))
}
