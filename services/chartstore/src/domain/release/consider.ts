import { repositoryToken, revisionKey, type ReleaseRecord } from '@k8or/contracts'
import type { ApplicationIndex, DeclaredApplication } from '../applications/application-index'
import type { Releases, Revisions, TreeEntry, Trees } from '../ports'
import { needsFolders } from '../render/render-source'
import type { ReleaseBooks } from './release-books'
import { composeRelease, inputDigestOf } from './release-content'
import { normalPath, resolveSources, type Snapshot } from './resolve-sources'

/** Decides, by looking at the state, whether an application needs a new release, and makes it. */
export class Considering {
  constructor(
    private readonly applications: ApplicationIndex,
    private readonly revisions: Revisions,
    private readonly trees: Trees,
    private readonly releases: Releases,
    private readonly books: ReleaseBooks,
  ) {}

  /** Renders an application when what it is made of is new. */
  async application(uid: string): Promise<void> {
    const application = this.applications.get(uid)
    if (!application) return
    const latest = await this.releases.latest(uid)
    const snapshot = await resolveSources(application.record, this.revisions, this.trees)
    if (snapshot.kind !== 'waiting') await this.settle(application, latest, snapshot)
  }

  /** The applications that follow a revision and whose trees at its commit are not those of their newest release. */
  async touchedBy(revisionKeyText: string): Promise<string[]> {
    const revision = await this.revisions.get(revisionKeyText)
    const followers = this.applications.followers(revisionKeyText)
    if (!revision?.followed || followers.length === 0) return []
    if (revision.problem) return followers.map(uidOf)
    const paths = [...new Set(followers.flatMap((application) => pathsAt(application, revisionKeyText)))]
    const trees = await this.trees.list(revision.repository.url, revision.commit, paths)
    const touched = await Promise.all(
      followers.map((application) => this.isTouched(application, revisionKeyText, trees)),
    )
    return followers.filter((_, index) => touched[index]).map(uidOf)
  }

  private async settle(
    application: DeclaredApplication,
    latest: ReleaseRecord | undefined,
    snapshot: Exclude<Snapshot, { kind: 'waiting' }>,
  ): Promise<void> {
    const { sources, newest } = snapshot
    const inputDigest = inputDigestOf(application.record, sources)
    const draft = { application, sources, inputDigest, revision: newest, latest }
    if (snapshot.kind === 'failed') return this.books.fail(draft, snapshot.problems)
    if (latest && latest.release > 0 && latest.inputDigest === inputDigest) {
      if (isOlderCommit(latest, draft) || latest.failure) await this.books.renew(draft, latest)
      return
    }
    const files = await Promise.all(
      sources.map((source, index) =>
        this.trees.read(source.repoURL, source.revision, source.path, needsFolders(sourceAt(application, index))),
      ),
    )
    const content = composeRelease(application.record, files)
    await ('problems' in content ? this.books.fail(draft, content.problems) : this.books.enter(draft, content))
  }

  private async isTouched(
    application: DeclaredApplication,
    key: string,
    trees: ReadonlyMap<string, TreeEntry>,
  ): Promise<boolean> {
    const latest = await this.releases.latest(uidOf(application))
    if (!latest || latest.failure || latest.specDigest !== application.record.specDigest) return true
    return pathsAt(application, key).some(
      (path) => latest.sources.find((source) => source.path === path)?.tree !== trees.get(path)?.id,
    )
  }
}

function isOlderCommit(latest: ReleaseRecord, { sources }: { sources: readonly { revision: string }[] }): boolean {
  return latest.sources.some((source, index) => source.revision !== sources[index]?.revision)
}

function sourceAt({ record }: DeclaredApplication, index: number) {
  const source = record.sources[index]
  if (!source) throw new Error(`application ${record.ref.name} has no source ${String(index)}`)
  return source
}

function pathsAt({ record }: DeclaredApplication, key: string): string[] {
  const here = record.sources.filter(
    ({ repoURL, targetRevision }) => revisionKey(repositoryToken(repoURL), targetRevision) === key,
  )
  return here.map(({ path }) => normalPath(path) ?? path)
}

function uidOf({ record }: DeclaredApplication): string {
  return record.ref.uid
}
