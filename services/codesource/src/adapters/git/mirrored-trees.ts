import {
  BrokenMirrorError,
  TreeMissingError,
  type ReadOptions,
  type TreeFile,
  type TreePath,
} from '../../domain/tree/tree'
import { Later } from '@k8or/outcome'
import type { NamedRepository } from '../../domain/ports'
import { namedRepository, type GitMirrors } from './git-mirrors'
import type { Mirror } from './mirror'
import { listPaths, readTree } from './read-tree'

const isCommit = /^[0-9a-f]{40}$/

/** Trees of commits, read from the mirrors; a mirror that lacks a commit fetches it. */
export class MirroredTrees {
  constructor(
    private readonly mirrors: GitMirrors,
    /** The repository as it was declared, which may carry credentials that the question does not. */
    private readonly declared: (url: string) => NamedRepository = namedRepository,
  ) {}

  async list(url: string, commit: string, paths: readonly string[], signal: AbortSignal): Promise<TreePath[]> {
    const { objects } = await this.holding(url, commit, signal)
    return listPaths(objects, commit, paths)
  }

  async read(
    url: string,
    commit: string,
    path: string,
    options: ReadOptions,
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly files: readonly TreeFile[] }> {
    const mirror = await this.holding(url, commit, signal)
    try {
      return await readTree(mirror.objects, commit, path, options)
    } catch (error) {
      if (!(error instanceof BrokenMirrorError)) throw error
      await mirror.remove()
      throw new Later(`the mirror of ${url} was broken: it is made again`, 100, { cause: error })
    }
  }

  private async holding(url: string, commit: string, signal: AbortSignal): Promise<Mirror> {
    if (!isCommit.test(commit)) throw new TreeMissingError(`"${commit}" is not the full id of a commit`)
    const repository = this.declared(url)
    const mirror = this.mirrors.open(repository.token)
    if (await holds(mirror, commit)) return mirror
    await this.mirrors.fetch(repository, { withHead: false, refs: [], signal })
    if (await holds(mirror, commit)) return mirror
    await this.mirrors.fetchCommit(repository, commit, signal)
    if (await holds(mirror, commit)) return mirror
    throw new TreeMissingError(`commit ${commit} is not in ${repository.url}`)
  }
}

async function holds(mirror: Mirror, commit: string): Promise<boolean> {
  if (!mirror.exists()) return false
  const [answer] = await mirror.objects.describe([commit])
  return answer?.kind === 'found' && answer.type === 'commit'
}
