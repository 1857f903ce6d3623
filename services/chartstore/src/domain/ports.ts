import type {
  Destination,
  ImageConsidered,
  Problem,
  ReleaseFailed,
  ReleaseRecord,
  ReleaseRendered,
  RevisionRecord,
} from '@k8or/contracts'
import type { Capabilities } from './render/capabilities'
import type { RenderAnswer, RenderRequest } from './render/render-host'
import type { SourceFile, WantedFiles } from './render/rendering'

/** The files of a source can not be had, and asking again would not help. */
export class SourceUnreadableError extends Error {
  constructor(
    readonly problem: Problem,
    options?: ErrorOptions,
  ) {
    super(problem.message, options)
    this.name = 'SourceUnreadableError'
  }
}

/** The trees of git, from CodeSource. */
export interface Trees {
  /** Tree ids by path, links followed; a path that the commit does not have is absent. */
  list(repositoryUrl: string, commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, TreeEntry>>
  /** @throws SourceUnreadableError */
  read(repositoryUrl: string, commit: string, path: string, wanted: WantedFiles): Promise<SourceFile[]>
}

export interface TreeEntry {
  readonly id: string
  readonly kind: 'tree' | 'blob'
}

/** The hosts that render charts and kustomizations. */
export interface Renderer {
  /** @throws RendererNotReadyError */
  render(request: RenderRequest): Promise<RenderAnswer>
}

/** No host can be started: the program is not there yet. */
export class RendererNotReadyError extends Error {
  override name = 'RendererNotReadyError'
}

/** The clusters that applications are for. */
export interface Targets {
  /** What the cluster of a destination can do; undefined while nobody knows. */
  capabilities(destination: Destination): Promise<Capabilities | undefined>
}

/** What followed revisions resolve to. */
export interface Revisions {
  get(key: string): Promise<RevisionRecord | undefined>
}

/** The release index and the manifests. */
export interface Releases {
  latest(uid: string): Promise<ReleaseRecord | undefined>
  get(uid: string, release: number): Promise<ReleaseRecord | undefined>
  /** False when the application has a release of that number already. */
  create(uid: string, record: ReleaseRecord): Promise<boolean>
  putLatest(uid: string, record: ReleaseRecord): Promise<void>
  list(uid: string): Promise<ReleaseRecord[]>
  storeManifests(digest: string, manifests: string): Promise<void>
  manifests(digest: string): Promise<Uint8Array | undefined>
}

/** What led to a fact. */
export interface Because {
  readonly causes: readonly string[]
  readonly correlationId: string
  readonly at: Date
}

/** What is told in logs and metrics of what was announced. */
export interface Signals {
  rendered(fact: ReleaseRendered): void
  failed(fact: ReleaseFailed): void
  imageConsidered(fact: ImageConsidered): void
}

export interface Clock {
  now(): Date
}
