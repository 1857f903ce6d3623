import { Later } from '@k8or/outcome'
import {
  repositoryToken,
  revisionKey,
  type Problem,
  type ReleaseRecord,
  type ResolvedSource,
  type RevisionRecord,
} from '@k8or/contracts'
import type { ApplicationIndex, DeclaredApplication } from '../applications/application-index'
import {
  RendererNotReadyError,
  SourceUnreadableError,
  type Releases,
  type Renderer,
  type Revisions,
  type TreeEntry,
  type Trees,
} from '../ports'
import { isReferenceOnly } from '../render/tools'
import { readsAt } from './recorded-reads'
import type { ReleaseBooks } from './release-books'
import { composeRelease, inputDigestOf, type Inputs, type ReleaseContent } from './release-content'
import type { RenderTargets } from './render-targets'
import { normalPath, resolveSources, type Snapshot } from './resolve-sources'

/** Decides, by looking at the state, whether an application needs a new release, and makes it. */
export class Considering {
  constructor(
    private readonly applications: ApplicationIndex,
    private readonly revisions: Revisions,
    private readonly trees: Trees,
    private readonly releases: Releases,
    private readonly books: ReleaseBooks,
    private readonly renderer: Renderer,
    private readonly targets: RenderTargets,
  ) {}

  /** Renders an application when what it is made of is new; `isHard` renders it again in any case. */
  async application(uid: string, isHard = false): Promise<void> {
    const application = this.applications.get(uid)
    if (!application) return
    const latest = await this.releases.latest(uid)
    const snapshot = await resolveSources(application.record, this.revisions, this.trees)
    if (snapshot.kind === 'waiting') return
    const problems =
      snapshot.kind === 'failed' ? snapshot.problems : await this.settle(application, latest, snapshot, isHard)
    if (problems.length > 0) await this.fail(application, latest, snapshot, problems)
    const [passing] = problems.filter(({ reason }) => reason === 'RendererNotReady')
    if (passing) throw new Later(passing.message, 3_000)
  }

  /** The applications that follow a revision and whose trees at its commit are not those of their newest release. */
  async touchedBy(key: string): Promise<string[]> {
    const revision = await this.revisions.get(key)
    const followers = this.applications.followers(key)
    if (!revision?.followed || followers.length === 0) return []
    if (revision.problem) return followers.map(uidOf)
    const readings = await Promise.all(followers.map((application) => this.readingOf(application, key)))
    const paths = new Set(readings.flatMap((reading) => [...reading.keys()]))
    try {
      const trees = await this.trees.list(revision.repository.url, revision.commit, [...paths])
      return followers.filter((_, index) => isTouched(readings[index], trees)).map(uidOf)
    } catch (error) {
      if (error instanceof SourceUnreadableError) return followers.map(uidOf)
      throw error
    }
  }

  /** Answers why there can be no release of what the sources are now; nothing when all is well. */
  private async settle(
    application: DeclaredApplication,
    latest: ReleaseRecord | undefined,
    snapshot: Snapshot & { kind: 'resolved' },
    isHard: boolean,
  ): Promise<readonly Problem[]> {
    const { sources, newest } = snapshot
    const { record } = application
    // What is kept is older than what the hub remembers: the same content gets a number behind that.
    const isBehind = latest !== undefined && latest.release < (record.releaseFloor ?? 0)
    if (isBehind && !isHard && isStale(newest, record.deployedAt)) return []
    if (latest && latest.release > 0) {
      const inputDigest = inputDigestOf(record, sources, await this.inputsNow(application, sources, latest))
      const draft = { application, sources, inputDigest, revision: newest, latest }
      if (latest.inputDigest === inputDigest && !isHard && !isBehind) {
        if (isOlderCommit(latest, sources) || latest.failure) await this.books.renew(draft, latest)
        else if (!latest.announced) await this.books.publish(latest, record.token)
        return []
      }
    }
    const content = await this.render(application, sources)
    if ('problems' in content) return content.problems
    const inputDigest = inputDigestOf(record, sources, content)
    const draft = { application, sources, revision: newest, latest, inputDigest }
    if (isHard && !isBehind && latest && isSame(latest, content.digest, inputDigest))
      await this.books.renew(draft, latest)
    else await this.books.enter(draft, content)
    return []
  }

  /** What the newest release depended on, as it is now. */
  private async inputsNow(
    { record }: DeclaredApplication,
    sources: readonly ResolvedSource[],
    { reads, consulted }: ReleaseRecord,
  ): Promise<Inputs> {
    const now = await this.targets.consultedNow(record, sources, consulted)
    return { reads: await readsAt(sources, reads, this.trees), consulted: now }
  }

  private async fail(
    application: DeclaredApplication,
    latest: ReleaseRecord | undefined,
    snapshot: Exclude<Snapshot, { kind: 'waiting' }>,
    problems: readonly Problem[],
  ): Promise<void> {
    const { sources, newest } = snapshot
    const inputDigest = inputDigestOf(application.record, sources, { reads: [], consulted: {} })
    await this.books.fail({ application, sources, inputDigest, revision: newest, latest }, problems)
  }

  private async render(
    { record }: DeclaredApplication,
    sources: readonly ResolvedSource[],
  ): Promise<ReleaseContent | { readonly problems: readonly Problem[] }> {
    const located = sources.map((resolved, index) => ({ declared: record.sources[index] ?? resolved, resolved }))
    const target = this.targets.of(record)
    try {
      return await composeRelease(located, { trees: this.trees, renderer: this.renderer, target })
    } catch (error) {
      if (error instanceof SourceUnreadableError) return { problems: [error.problem] }
      if (error instanceof RendererNotReadyError)
        return { problems: [{ reason: 'RendererNotReady', message: error.message }] }
      throw error
    }
  }

  /** The paths that an application reads of a revision, with the ids that its newest release found there. */
  private async readingOf(application: DeclaredApplication, key: string): Promise<Reading> {
    const { record } = application
    const latest = await this.releases.latest(uidOf(application))
    const isSettled = latest?.failure === null && latest.announced && latest.specDigest === record.specDigest
    const reading = new Map<string, string>()
    for (const [index, source] of record.sources.entries()) {
      const path = normalPath(source.path)
      if (keyOf(source) !== key || path === undefined) continue
      const read = latest?.sources[index]
      if (!isSettled || !read || latest.consulted['revision'] !== undefined) reading.set(path, unsettled)
      else if (!isReferenceOnly(source)) reading.set(path, read.tree)
      if (isSettled) for (const one of latest.reads.filter((one) => one.source === index)) reading.set(one.path, one.id)
    }
    return reading
  }
}

/** Ids by path; a path that was looked for and absent has none. */
type Reading = ReadonlyMap<string, string>

/** No tree has this id: what is not settled is always looked at. */
const unsettled = 'unsettled'

function isTouched(reading: Reading | undefined, trees: ReadonlyMap<string, TreeEntry>): boolean {
  return reading === undefined || [...reading].some(([path, id]) => (trees.get(path)?.id ?? '') !== id)
}

/**
 * How far the clock of CodeSource may be ahead of that of SyncMaster, which tells whole seconds. A revision that seems fresh for that alone would take
 * back what was deployed; and before a bus is restored and read again, more time than this goes by.
 */
const clockSkewMs = 2_000

/**
 * Whether a revision may have been seen before the last deployment that the hub remembers: CodeSource has to look at it once
 * more. Nothing is newer than a deployment of which nobody knows when it was.
 */
function isStale({ observedAt }: RevisionRecord, deployedAt = ''): boolean {
  const isFresh = Date.parse(observedAt) >= Date.parse(deployedAt) + clockSkewMs
  return !isFresh
}

function isSame({ digest, inputDigest }: ReleaseRecord, rendered: string, from: string): boolean {
  return digest === rendered && inputDigest === from
}

function isOlderCommit(latest: ReleaseRecord, sources: readonly ResolvedSource[]): boolean {
  return latest.sources.some((source, index) => source.revision !== sources[index]?.revision)
}

function keyOf({ repoURL, targetRevision }: { repoURL: string; targetRevision: string }): string {
  return revisionKey(repositoryToken(repoURL), targetRevision)
}

function uidOf({ record }: DeclaredApplication): string {
  return record.ref.uid
}
