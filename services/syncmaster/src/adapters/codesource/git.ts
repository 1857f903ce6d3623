import type { ResolvedSource } from '@k8or/contracts'
import { Commits } from '@k8or/contracts/rpc/codesource/v1/commits'
import { Trees } from '@k8or/contracts/rpc/codesource/v1/trees'
import type { Calls } from '@k8or/rpc'
import type { FileRestore, SourceFile } from '../../domain/rollback/restore-files'
import type { CommitWish, Git } from '../../domain/rollback/revert-git'

const maxBytes = 8n << 20n

/** Reads and writes git by asking CodeSource. */
export class CodeSourceGit implements Git {
  readonly #trees
  readonly #commits

  constructor(calls: Calls) {
    this.#trees = calls.to('codesource', Trees)
    this.#commits = calls.to('codesource', Commits)
  }

  async files(
    { repoURL, path }: Pick<ResolvedSource, 'repoURL' | 'path'>,
    commit: string,
    signal: AbortSignal,
  ): Promise<SourceFile[]> {
    const wanted = { repositoryUrl: repoURL, commit, path, recurse: true, maxBytes }
    const { files } = await this.#trees.readTree(wanted, { signal })
    return files
  }

  async commit(
    { repoURL, path, targetRevision }: ResolvedSource,
    edits: readonly FileRestore[],
    what: CommitWish,
    signal: AbortSignal,
  ): Promise<string> {
    const branch = targetRevision === 'HEAD' ? '' : targetRevision.replace(/^refs\/heads\//, '')
    const folder = path.split('/').filter((part) => part !== '' && part !== '.')
    const files = edits.map(({ content, baseId, ...file }) => ({
      path: [...folder, file.path].join('/'),
      baseId,
      ...(content ? { content } : { removed: true }),
    }))
    const asked = { repositoryUrl: repoURL, branch, edits: files, ...what, causes: [...what.causes] }
    const { commit } = await this.#commits.commit(asked, { signal })
    return commit
  }
}
