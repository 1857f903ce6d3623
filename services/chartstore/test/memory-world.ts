import {
  repositoryToken,
  revisionKey,
  type Announcer,
  type EventDefinition,
  type FactDraft,
  type ReleaseRecord,
  type RevisionRecord,
} from '@k8or/contracts'
import {
  RendererNotReadyError,
  SourceUnreadableError,
  type Releases,
  type Renderer,
  type Revisions,
  type Targets,
  type TreeEntry,
  type Trees,
} from '../src/domain/ports'
import type { RenderAnswer } from '../src/domain/render/render-host'
import type { SourceFile } from '../src/domain/render/rendering'

/** The repository that it has. */
export const repoURL = 'https://git.example/shop.git'
/** The revision of its branch `main`. */
export const revision = revisionKey(repositoryToken(repoURL), 'main')

/** CodeSource, the index and the bus, in memory; `crashAfter` throws once a named call was made. */
export class MemoryWorld implements Trees, Revisions, Releases, Announcer<'chartstore'>, Renderer, Targets {
  readonly rows = new Map<string, ReleaseRecord>()
  readonly blobs = new Map<string, string>()
  readonly facts: string[] = []
  commits = new Map<string, Record<string, Record<string, string>>>()
  revision: RevisionRecord | undefined
  crashBefore = ''
  reads = 0

  commit(commit: string, paths: Record<string, Record<string, string>>): void {
    this.commits.set(commit, paths)
    const told = {
      repository: { url: repoURL, token: repositoryToken(repoURL) },
      targetRevision: 'main',
      ref: 'refs/heads/main',
    }
    const facts = {
      factId: `revision/${commit}`,
      correlationId: `delivery/${commit}`,
      ordinal: this.commits.size,
      causes: [],
      announced: true,
    }
    const about = {
      previous: null,
      author: '',
      subject: '',
      committedAt: '',
      via: 'poll' as const,
      problem: null,
      followed: true,
    }
    this.revision = { ...told, ...facts, ...about, commit, observedAt: '2026-01-01T00:00:00.000Z' }
  }

  list(...asked: [string, string, readonly string[]] | [string]): never {
    const [first, commit, paths] = asked
    if (commit === undefined || paths === undefined)
      return Promise.resolve([...this.rows.values()].filter(({ application }) => application.uid === first)) as never
    const trees = this.commits.get(commit) ?? {}
    const entries = paths
      .map((path): [string, string] => [path, this.linked(trees, path)])
      .filter(([, path]) => path in trees)
      .map(([asked, path]): [string, TreeEntry] => [asked, { id: JSON.stringify(trees[path]), kind: 'tree' }])
    return Promise.resolve(new Map(entries)) as never
  }

  /** A file `app/link` whose text is `-> path` leads to that path of the commit. */
  private linked(trees: Record<string, Record<string, string>>, path: string): string {
    const [folder = '', name = ''] = path.split('/')
    return trees[folder]?.[name]?.replace(/^-> /, '') ?? path
  }

  read(_: string, commit: string, path: string): Promise<SourceFile[]> {
    this.reads++
    const trees = this.commits.get(commit) ?? {}
    if (trees[path]?.['huge']) throw new SourceUnreadableError({ reason: 'SourceTooLarge', message: 'too large' })
    const files = Object.entries(trees[path] ?? {}).map(([name, text]): SourceFile => {
      const target = trees[text.replace(/^-> /, '')]
      if (!text.startsWith('-> ') || !target) return { path: name, content: Buffer.from(text), isLink: false }
      const [content = ''] = Object.values(target)
      return { path: name, content: Buffer.from(content), isLink: true, link: 'followed', id: JSON.stringify(target) }
    })
    return Promise.resolve(files)
  }

  get(uid: string, release?: number): never {
    return Promise.resolve(release === undefined ? this.revision : this.rows.get(`${uid}.${String(release)}`)) as never
  }

  latest(uid: string): Promise<ReleaseRecord | undefined> {
    return Promise.resolve(this.rows.get(`${uid}.latest`))
  }

  create(uid: string, record: ReleaseRecord): Promise<boolean> {
    this.step('create')
    const row = `${uid}.${String(record.release)}`
    if (this.rows.has(row)) return Promise.resolve(false)
    this.rows.set(row, record)
    return Promise.resolve(true)
  }

  putLatest(uid: string, record: ReleaseRecord): Promise<void> {
    this.step(record.announced ? 'note' : 'latest')
    this.rows.set(`${uid}.latest`, record)
    return Promise.resolve()
  }

  storeManifests(digest: string, manifests: string): Promise<void> {
    this.step('store')
    this.blobs.set(digest, manifests)
    return Promise.resolve()
  }

  manifests(digest: string): Promise<Uint8Array | undefined> {
    const found = this.blobs.get(digest)
    return Promise.resolve(found === undefined ? undefined : Buffer.from(found))
  }

  publish<Data>(_event: EventDefinition<Data, 'chartstore'>, { id }: FactDraft<Data>): Promise<{ duplicate: boolean }> {
    this.step('announce')
    const duplicate = this.facts.includes(id)
    if (!duplicate) this.facts.push(id)
    return Promise.resolve({ duplicate })
  }

  /** What hosts do is shown with real ones. */
  render(): Promise<RenderAnswer> {
    return Promise.reject(new RendererNotReadyError('there is no host'))
  }

  capabilities(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  private step(name: string): void {
    if (this.crashBefore !== name) return
    this.crashBefore = ''
    throw new Error(`killed before ${name}`)
  }
}
