import { Trees as TreesService } from '@k8or/contracts/rpc/codesource/v1/trees'
import type { Calls } from '@k8or/rpc'
import type { TreeEntry, Trees } from '../../domain/ports'
import type { SourceFile } from '../../domain/render/rendering'

/** The trees of git, asked of CodeSource. */
export class CodeSourceTrees implements Trees {
  readonly #client

  constructor(
    calls: Calls,
    private readonly maxBytes: number,
  ) {
    this.#client = calls.to('codesource', TreesService)
  }

  async list(repositoryUrl: string, commit: string, paths: readonly string[]): Promise<Map<string, TreeEntry>> {
    const { entries } = await this.#client.listTrees({ repositoryUrl, commit, paths: [...paths] })
    const present = entries.filter(({ id }) => id !== '')
    return new Map(present.map(({ path, id, kind }) => [path, { id, kind: kind === 'blob' ? 'blob' : 'tree' }]))
  }

  async read(repositoryUrl: string, commit: string, path: string, recurse: boolean): Promise<SourceFile[]> {
    const { files } = await this.#client.readTree({
      repositoryUrl,
      commit,
      path,
      recurse,
      maxBytes: BigInt(this.maxBytes),
    })
    return files.map((file) => ({ path: file.path, content: file.content, isLink: file.isLink }))
  }
}
