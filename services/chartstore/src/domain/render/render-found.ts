import type { Renderer } from '../ports'
import type { CommitFiles } from './commit-files'
import { packFiles } from './found-files'
import type { RenderAnswer, RenderRequest } from './render-host'
import type { Reads, SourceFile } from './rendering'
import { joined } from './repository-path'

/** A chain of bases may be this long. */
const maxRounds = 30

export interface FoundRender {
  readonly answer: RenderAnswer
  /** What was read outside the source's own tree. */
  readonly reads: Reads
}

/** What is rendered, but for the files. */
export type RenderOrder = Omit<RenderRequest, 'files' | 'binary' | 'folders' | 'absent'>

/**
 * Renders with all files that the tool turns out to need: a host says which paths it misses, and is asked again with
 * those that the commit has, until it misses nothing that exists.
 */
export async function renderFound(
  renderer: Renderer,
  commit: CommitFiles,
  order: RenderOrder,
  own: readonly SourceFile[],
): Promise<FoundRender> {
  const found = new FoundFiles(commit, own, order.op === 'helm')
  found.noteAbsent(order.path)
  for (let round = 0; ; round++) {
    const answer = await renderer.render({ ...order, ...found.packed() })
    if (answer.misses.length === 0) return { answer, reads: await commit.reads(answer.reads) }
    if (round === maxRounds) return { answer: tooDeep(answer, order.path), reads: [] }
    await found.look(answer.misses)
  }
}

/** What is known of a commit so far. */
class FoundFiles {
  readonly #files: Map<string, SourceFile>
  readonly #folders = new Set<string>()
  readonly #absent = new Set<string>()

  constructor(
    private readonly commit: CommitFiles,
    own: readonly SourceFile[],
    /** Whether a folder is needed with all that lies below it. */
    private readonly isDeep: boolean,
  ) {
    this.#files = new Map(own.map((file) => [file.path, file]))
  }

  packed(): Pick<RenderRequest, 'files' | 'binary' | 'folders' | 'absent'> {
    return { ...packFiles(this.#files.values()), folders: [...this.#folders], absent: [...this.#absent] }
  }

  async look(paths: readonly string[]): Promise<void> {
    const entries = await this.commit.list(paths)
    const folders = paths.filter((path) => entries.get(path)?.kind === 'tree')
    const blobs = paths.filter((path) => entries.get(path)?.kind === 'blob')
    const reading = folders.map((path) => this.commit.folder(path, this.isDeep))
    const read = await Promise.all([...reading, this.commit.files(blobs)])
    for (const file of read.flat()) this.#files.set(file.path, file)
    for (const path of folders) {
      this.#folders.add(path)
      this.noteAbsent(path)
    }
    for (const path of paths) if (!this.#files.has(path) && !this.#folders.has(path)) this.#absent.add(path)
  }

  /** What every kustomization is looked for under, and is not in a folder that was read: not worth a question. */
  noteAbsent(folder: string): void {
    for (const name of kustomizations) {
      const path = joined(folder, name)
      if (!this.#files.has(path)) this.#absent.add(path)
    }
  }
}

const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

function tooDeep(answer: RenderAnswer, path: string): RenderAnswer {
  const message = `${path} names folders that name folders, more than ${String(maxRounds)} times; it still misses ${answer.misses[0] ?? ''}`
  return { ...answer, problem: { reason: 'RenderFailed', message } }
}
