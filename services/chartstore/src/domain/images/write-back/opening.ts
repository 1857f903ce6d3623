import type { ImageRecord, Problem, RevisionRecord } from '@k8or/contracts'
import { SourceUnreadableError, type Releases, type TreeEntry, type Trees } from '../../ports'
import type { SourceFile } from '../../render/rendering'
import type { PushedImages } from '../ports'
import type { ImageWriter } from './image-writer'
import { folderOf, placeOf, within, type Folder, type Place } from './place'
import type { RegistryViews } from './registry-views'

/** Where an application names its images, with the files as they are. */
export interface Opened {
  readonly place: Place
  readonly folder: Folder
  readonly files: readonly SourceFile[]
  /** Since when they are so. */
  readonly observedAt: string
}

/** An application with what a decision about it would be made from, in short. */
export interface SignedWriter {
  readonly writer: ImageWriter
  readonly signature: string
}

export interface OpeningParts {
  readonly trees: Trees
  readonly releases: Releases
  readonly pushed: PushedImages
  readonly registries: RegistryViews
}

/** Reads what applications say at a commit, and remembers for which of them that led to nothing. */
export class Opening {
  readonly #settled = new Map<string, string>()

  constructor(private readonly parts: OpeningParts) {}

  /** There is nothing to do for an application until anything of this is another. */
  settle({ writer, signature }: SignedWriter): void {
    this.#settled.set(writer.application.ref.uid, signature)
  }

  /** The applications for which anything is new since they were looked at and there was nothing to do. */
  async changedOf(writers: readonly ImageWriter[], revision: RevisionRecord): Promise<SignedWriter[]> {
    const paths = writers.map(folderOf).map((folder) => ('problem' in folder ? '' : folder.path))
    const entries = await this.treesAt(revision, [...new Set(paths)])
    const signed = writers.map(async (writer, index) => {
      const tree = entries.get(paths[index] ?? '')?.id ?? revision.commit
      return { writer, signature: await this.signatureOf(writer, `${revision.ref} ${tree}`) }
    })
    const all = await Promise.all(signed)
    return all.filter(({ writer, signature }) => this.#settled.get(writer.application.ref.uid) !== signature)
  }

  /** The files of one application. */
  async open(writer: ImageWriter, revision: RevisionRecord): Promise<Opened | { problem: Problem }> {
    const [wrong] = writer.policies.problems
    if (wrong) return { problem: wrong }
    if (!revision.ref.startsWith('refs/heads/')) return { problem: noBranch(writer, revision) }
    const folder = folderOf(writer)
    if ('problem' in folder) return folder
    try {
      const files = await this.parts.trees.read(revision.repository.url, revision.commit, folder.path, folder.wanted)
      const place = placeOf(writer, folder, files)
      return 'problem' in place ? place : { place, folder, files, observedAt: revision.observedAt }
    } catch (error) {
      if (error instanceof SourceUnreadableError) return { problem: error.problem }
      throw error
    }
  }

  private async treesAt(
    { repository, commit }: RevisionRecord,
    paths: readonly string[],
  ): Promise<ReadonlyMap<string, TreeEntry>> {
    try {
      return await this.parts.trees.list(repository.url, commit, paths)
    } catch (error) {
      if (error instanceof SourceUnreadableError) return new Map()
      throw error
    }
  }

  /** Equal for as long as a decision would be. */
  private async signatureOf({ application, policies }: ImageWriter, tree: string): Promise<string> {
    const { pushed, registries, releases } = this.parts
    const { imagePolicy, hold, sources, token, ref } = application
    const images = policies.images.map(async (policy) => {
      const rows = await pushed.of(policy.token)
      return [rows.length, newestOf(rows)?.observedAt, registries.versionOf(policy)]
    })
    const release = await releases.latest(ref.uid)
    return JSON.stringify([tree, imagePolicy, hold, sources, token, release?.images, await Promise.all(images)])
  }
}

/** The files that may name an image; what a link leads to is edited where it lies. */
export function pathsOf({ place, folder, files }: Opened): { path: string; file: SourceFile | undefined }[] {
  const real = files.filter(({ isLink }) => !isLink).map((file) => ({ path: within(folder, file.path), file }))
  if (place.kind === 'manifests') return real.filter(({ path }) => /\.(ya?ml|json)$/.test(path))
  return [{ path: place.path, file: real.find(({ path }) => path === place.path)?.file }]
}

/** What was pushed last. */
export function newestOf(rows: readonly ImageRecord[]): ImageRecord | undefined {
  return rows.toSorted((one, other) => (one.observedAt < other.observedAt ? 1 : -1))[0]
}

function noBranch({ source, application }: ImageWriter, { ref }: RevisionRecord): Problem {
  const message = `images of ${application.ref.name} can not be written: targetRevision "${source.targetRevision}" is ${ref.startsWith('refs/tags/') ? 'a tag' : 'no branch'}; name a branch there, or in the annotation git-branch`
  return { reason: 'NoBranch', field: 'spec.source.targetRevision', message }
}
