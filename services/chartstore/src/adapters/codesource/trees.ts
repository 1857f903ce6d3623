import { withoutPassword } from '@k8or/contracts'
import { Trees as TreesService, type File } from '@k8or/contracts/rpc/codesource/v1/trees'
import { NotFoundError, TooLargeError, type Calls } from '@k8or/rpc'
import { SourceUnreadableError, type TreeEntry, type Trees } from '../../domain/ports'
import type { SourceFile, WantedFiles } from '../../domain/render/rendering'

const keptCommits = 32
/** CodeSource takes so many paths at once. */
const maxPaths = 5_000

type Entries = Map<string, TreeEntry | null>

/** The trees of git, asked of CodeSource. What a path is in a commit never changes, so it is asked once. */
export class CodeSourceTrees implements Trees {
  private readonly client
  private readonly commits = new Map<string, Entries>()
  private readonly asking = new Map<string, { readonly paths: Set<string>; readonly done: Promise<void> }>()

  constructor(
    calls: Calls,
    private readonly maxBytes: number,
    /** Ends all questions when the service stops. */
    private readonly stopping: AbortSignal,
  ) {
    this.client = calls.to('codesource', TreesService)
  }

  async list(repositoryUrl: string, commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, TreeEntry>> {
    const entries = this.entriesOf(`${repositoryUrl} ${commit}`)
    const unknown = paths.filter((path) => !entries.has(path))
    if (unknown.length > 0) await this.askTogether(repositoryUrl, commit, unknown, entries)
    return new Map(
      paths.flatMap((path): [string, TreeEntry][] => {
        const entry = entries.get(path)
        return entry ? [[path, entry]] : []
      }),
    )
  }

  async read(repositoryUrl: string, commit: string, path: string, wanted: WantedFiles): Promise<SourceFile[]> {
    const { recurse, suffixes } = wanted
    const limits = { recurse, suffixes: [...suffixes], maxBytes: BigInt(this.maxBytes), followLinks: true }
    try {
      const { files } = await this.client.readTree(
        { repositoryUrl, commit, path, ...limits },
        { signal: this.stopping },
      )
      return files.map(sourceFile)
    } catch (error) {
      throw unreadable(error, `${withoutPassword(repositoryUrl)} path "${path}"`) ?? error
    }
  }

  /** Questions about one commit that come in the same moment are one call: hundreds of applications may ask at once. */
  private askTogether(
    repositoryUrl: string,
    commit: string,
    paths: readonly string[],
    entries: Entries,
  ): Promise<void> {
    const key = `${repositoryUrl} ${commit}`
    const waiting = this.asking.get(key)
    if (waiting) {
      for (const path of paths) waiting.paths.add(path)
      return waiting.done
    }
    const asked = new Set(paths)
    const done = new Promise(setImmediate).then(async () => {
      this.asking.delete(key)
      const all = [...asked]
      for (let at = 0; at < all.length; at += maxPaths)
        await this.ask(repositoryUrl, commit, all.slice(at, at + maxPaths), entries)
    })
    this.asking.set(key, { paths: asked, done })
    return done
  }

  private async ask(repositoryUrl: string, commit: string, paths: string[], entries: Entries): Promise<void> {
    const answer = await this.client
      .listTrees({ repositoryUrl, commit, paths }, { signal: this.stopping })
      .catch((error: unknown) => {
        throw unreadable(error, `${withoutPassword(repositoryUrl)} at ${commit.slice(0, 8)}`) ?? error
      })
    for (const { path, id, kind } of answer.entries)
      entries.set(path, id === '' ? null : { id, kind: kind === 'blob' ? 'blob' : 'tree' })
  }

  private entriesOf(key: string): Entries {
    const entries = this.commits.get(key) ?? new Map<string, TreeEntry | null>()
    this.commits.delete(key)
    this.commits.set(key, entries)
    const [oldest] = this.commits.keys()
    if (this.commits.size > keptCommits && oldest !== undefined) this.commits.delete(oldest)
    return entries
  }
}

function sourceFile({ path, id, content, isLink, linkProblem }: File): SourceFile {
  if (!isLink) return { path, id, content, isLink }
  const link = linkProblem === '' ? 'followed' : (linkProblem as NonNullable<SourceFile['link']>)
  return { path, id, content, isLink, link }
}

/** What no second try mends is a problem of the source. */
function unreadable(error: unknown, what: string): SourceUnreadableError | undefined {
  const field = 'spec.source.path'
  if (error instanceof TooLargeError) {
    const message = `${what} is too large: ${error.message}; raise K8OR_MAX_MANIFEST_BYTES or move what is no manifest`
    return new SourceUnreadableError({ reason: 'SourceTooLarge', field, message }, { cause: error })
  }
  if (!(error instanceof NotFoundError)) return undefined
  const message = `${what} can not be read: ${error.message}`
  return new SourceUnreadableError({ reason: 'SourceUnreadable', field, message }, { cause: error })
}
