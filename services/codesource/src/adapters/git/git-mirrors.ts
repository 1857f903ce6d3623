import { repositoryToken } from '@k8or/contracts'
import { passPoint } from '@k8or/fault-points'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommitInfo, FetchOptions, Mirrors, NamedRepository, Resolution } from '../../domain/ports'
import { repositoryErrorOf } from '../../domain/repository/git-failure'
import { parseRemote, RepositoryError } from '../../domain/repository/remote'
import type { Candidate } from '../../domain/revision/target'
import type { HostLimits } from './host-limits'
import { Mirror, type MirrorOptions } from './mirror'
import { readCommit } from './read-commit'
import type { Route, Routes } from './route'
import { GitCommandError } from './run-git'
import { checkHost, fetchQuickly } from './smart-http/fetch-quickly'
import { readRefs } from './smart-http/local-refs'

const unusedForMs = 7 * 86_400_000

/** What other credentials may mend; hosts say "not found" of what they do not show. */
const mendedByAccess = new Set([
  ...['RepositoryAccessRefused', 'RepositoryNotFound', 'RepositoryHostKeyUnknown', 'RepositoryCertificateUntrusted'],
])

/** What mirrors are made of. */
export interface GitMirrorsParts extends MirrorOptions {
  readonly dir: string
  readonly routes: Routes
  readonly hosts: HostLimits
}

/** Mirrors on local disk, one folder for each repository. */
export class GitMirrors implements Mirrors {
  private readonly mirrors = new Map<string, Mirror>()

  constructor(private readonly parts: GitMirrorsParts) {}

  async fetch(repository: NamedRepository, { withHead, refs, signal }: FetchOptions): Promise<void> {
    const fetch: Work<void> = async (mirror, { remote, transport, http }) => {
      if (http && (await fetchQuickly(http, mirror, refs, signal))) return
      const head = withHead ? mirror.readHead(remote.url, transport, signal) : Promise.resolve()
      await Promise.all([mirror.fetch(remote.url, transport, refs, signal), head])
      if (http && (await readRefs(mirror.env, signal)).size === 0) await checkHost(http, signal)
    }
    await this.open(repository.token).exclusively(signal, () => this.reach(repository, signal, fetch))
    passPoint('codesource', 'git', 'fetch')
  }

  /** Does what changes the host, while nobody else learns where its branches are. */
  write<Result>(repository: NamedRepository, signal: AbortSignal, work: Work<Result>): Promise<Result> {
    const reach = () => this.reach(repository, signal, work, { write: true })
    return this.open(repository.token).exclusively(signal, reach)
  }

  async fetchCommit(repository: NamedRepository, commit: string, signal: AbortSignal): Promise<void> {
    await this.reach(repository, signal, (mirror, { remote, transport }) =>
      mirror.fetchCommit(remote.url, transport, commit, signal).catch((error: unknown) => {
        // The host answers, and has no such commit or does not hand it out: that is for the reader of the mirror to see.
        if (!(error instanceof GitCommandError) || !/not our ref|unadvertised|couldn't find/i.test(error.message))
          throw error
      }),
    )
  }

  head(token: string): string | undefined {
    return this.open(token).head
  }

  async resolve(token: string, candidates: readonly Candidate[]): Promise<Resolution> {
    const expressions = candidates.map(({ expression }) => `${expression}^{commit}`)
    const answers = await this.open(token).objects.describe(expressions)
    for (const [index, answer] of answers.entries()) {
      if (answer.kind === 'found') return { commit: answer.id, ref: candidates[index]?.ref ?? answer.id }
      if (answer.kind === 'ambiguous') return 'ambiguous'
    }
    return 'missing'
  }

  async commit(token: string, id: string): Promise<CommitInfo> {
    const [answer] = await this.open(token).objects.read([id])
    return readCommit(answer?.kind === 'found' ? answer.content : Buffer.alloc(0))
  }

  /** The mirror of a repository, which may be empty yet. */
  open(token: string): Mirror {
    const known = this.mirrors.get(token)
    if (known) return known
    const mirror = new Mirror(join(this.parts.dir, token), this.parts)
    this.mirrors.set(token, mirror)
    return mirror
  }

  /** Packs a mirror where that is due. */
  tidy(token: string, signal: AbortSignal): Promise<void> {
    return this.open(token).tidy(signal)
  }

  /** Removes mirrors that nobody has needed for a week. */
  async removeUnused(isUsed: (token: string) => boolean): Promise<void> {
    const tokens = await readdir(this.parts.dir).catch(() => [])
    for (const token of tokens.filter((name) => !isUsed(name))) {
      const path = join(this.parts.dir, token)
      const { mtimeMs } = await stat(path)
      if (Date.now() - mtimeMs > unusedForMs) await rm(path, { recursive: true, force: true })
    }
  }

  close(): void {
    for (const mirror of this.mirrors.values()) mirror.close()
  }

  private async reach<Result>(
    repository: NamedRepository,
    signal: AbortSignal,
    work: Work<Result>,
    { write }: { readonly write: boolean } = { write: false },
  ): Promise<Result> {
    const { routes } = this.parts
    const mirror = this.open(repository.token)
    const declared = mirror.movedTo ?? repository.declaredUrl
    const route = await telling(repository, () => routes.to(declared, { write }))
    try {
      return await this.go(mirror, route, signal, work)
    } catch (error) {
      const other = await telling(repository, () => this.otherRoute(error, { declared, write }, route, signal))
      if (!other) throw error
      const result = await this.go(mirror, other, signal, work)
      mirror.movedTo = other.remote.url === route.remote.url ? mirror.movedTo : other.remote.url
      return result
    }
  }

  /** Credentials may have been changed a moment ago, and repositories move. */
  private async otherRoute(
    error: unknown,
    { declared, write }: { readonly declared: string; readonly write: boolean },
    route: Route,
    signal: AbortSignal,
  ) {
    const reason = error instanceof RepositoryError ? error.problem.reason : ''
    if (reason === 'RepositoryMoved') return this.parts.routes.follow(route, signal)
    if (!mendedByAccess.has(reason)) return undefined
    const fresh = await this.parts.routes.to(declared, { fresh: true, write })
    return fresh.access === route.access ? undefined : fresh
  }

  /** Runs when the host has room, notes whether the repository answered, and says what a failure means. */
  private async go<Result>(mirror: Mirror, route: Route, signal: AbortSignal, work: Work<Result>): Promise<Result> {
    const { host, url } = route.remote
    try {
      const run = () => work(mirror, route)
      const result = await this.parts.hosts.run({ host, isProven: mirror.isProven }, signal, run)
      mirror.isProven = true
      return result
    } catch (error) {
      mirror.isProven = false
      throw error instanceof GitCommandError ? repositoryErrorOf(url, error.failure) : error
    }
  }
}

type Work<Result> = (mirror: Mirror, route: Route) => Promise<Result>

async function telling<Answer>({ url }: NamedRepository, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    throw error instanceof GitCommandError ? repositoryErrorOf(url, error.failure) : error
  }
}

/** A repository by its URL alone, for callers that have no declaration at hand. */
export function namedRepository(declaredUrl: string): NamedRepository {
  return { token: repositoryToken(declaredUrl), url: parseRemote(declaredUrl).url, declaredUrl }
}
