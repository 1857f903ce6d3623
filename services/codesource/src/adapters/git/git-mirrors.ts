import { repositoryToken } from '@k8or/contracts'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommitInfo, Credentials, FetchOptions, Mirrors, Resolution } from '../../domain/ports'
import type { RepositoryAccess } from '../../domain/repository/access'
import { repositoryErrorOf } from '../../domain/repository/git-failure'
import { parseRemote, RepositoryError, type Remote } from '../../domain/repository/remote'
import type { Candidate } from '../../domain/revision/target'
import type { Addresses } from './addresses'
import type { HostLimits } from './host-limits'
import { Mirror, type MirrorOptions } from './mirror'
import { readCommit } from './read-commit'
import { GitCommandError } from './run-git'
import type { SecretFiles } from './secret-files'
import { transportTo, type Transport } from './transport'

const unusedForMs = 7 * 86_400_000

/** A repository to fetch, as its declaration names it. */
export interface NamedRepository {
  readonly token: string
  readonly url: string
  readonly declaredUrl: string
}

/** What mirrors are made of. */
export interface GitMirrorsParts extends MirrorOptions {
  readonly dir: string
  readonly credentials: Credentials
  readonly addresses: Addresses
  readonly hosts: HostLimits
  readonly files: SecretFiles
}

/** Mirrors on local disk, one folder for each repository. */
export class GitMirrors implements Mirrors {
  private readonly mirrors = new Map<string, Mirror>()

  constructor(private readonly parts: GitMirrorsParts) {}

  async fetch(repository: NamedRepository, { withHead, refs, signal }: FetchOptions): Promise<void> {
    await this.reach(repository, signal, async (mirror, url, transport) => {
      const head = withHead ? mirror.readHead(url, transport, signal) : Promise.resolve()
      await Promise.all([mirror.fetch(url, transport, refs, signal), head])
    })
  }

  async fetchCommit(repository: NamedRepository, commit: string, signal: AbortSignal): Promise<void> {
    await this.reach(repository, signal, (mirror, url, transport) =>
      mirror.fetchCommit(url, transport, commit, signal).catch((error: unknown) => {
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
    const answers = await this.open(token).objects.describe(
      candidates.map(({ expression }) => `${expression}^{commit}`),
    )
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

  private async reach(repository: NamedRepository, signal: AbortSignal, work: Work): Promise<void> {
    const { addresses, credentials, files } = this.parts
    const remote = parseRemote(repository.declaredUrl)
    const allowed = addresses.of(remote).catch((error: unknown) => {
      throw asRepositoryError(remote, error)
    })
    const [access, list] = await Promise.all([credentials.of(repository.url), allowed])
    const mirror = this.open(repository.token)
    const workWith = (found: RepositoryAccess) =>
      this.tell(remote, mirror, signal, () => work(mirror, remote.url, transportTo(remote, found, list, files)))
    await workWith(access).catch(async (error: unknown) => {
      // What is declared about the repository may have been changed a moment ago.
      const newest = dependsOnSettings(error) ? await credentials.of(repository.url, { fresh: true }) : access
      if (newest === access) throw error
      await workWith(newest)
    })
  }

  /** Runs when the host has room, notes whether the repository answered, and says what a failure means. */
  private async tell(remote: Remote, mirror: Mirror, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const { host, url } = remote
    try {
      await this.parts.hosts.run({ host, isProven: mirror.isProven }, signal, work)
      mirror.isProven = true
    } catch (error) {
      mirror.isProven = false
      throw error instanceof GitCommandError ? repositoryErrorOf(url, error.failure) : error
    }
  }
}

type Work = (mirror: Mirror, url: string, transport: Transport) => Promise<void>

/** Git hosts say that a repository is not there to whom they do not show it. */
const curedBySettings = new Set([
  'RepositoryAccessRefused',
  'RepositoryNotFound',
  'RepositoryHostKeyUnknown',
  'RepositoryCertificateUntrusted',
])

function dependsOnSettings(error: unknown): boolean {
  return error instanceof RepositoryError && curedBySettings.has(error.problem.reason)
}

/** A repository by its URL alone, for callers that have no declaration at hand. */
export function namedRepository(declaredUrl: string): NamedRepository {
  return { token: repositoryToken(declaredUrl), url: parseRemote(declaredUrl).url, declaredUrl }
}

function asRepositoryError(remote: Remote, error: unknown): unknown {
  return error instanceof GitCommandError ? repositoryErrorOf(remote.url, error.failure) : error
}
