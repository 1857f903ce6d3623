import type { HandlerContext } from '@connectrpc/connect'
import { Trees, type ListTreesRequest, type ReadTreeRequest } from '@k8or/contracts/rpc/codesource/v1/trees'
import { Later } from '@k8or/outcome'
import { InvalidRequestError, NotFoundError, RpcService, TooLargeError } from '@k8or/rpc'
import { RepositoryError } from '../../domain/repository/remote'
import { TreeMalformedError, TreeMissingError, TreeTooLargeError } from '../../domain/tree/tree'
import { MirroredTrees } from '../git/mirrored-trees'

const maxPaths = 10_000
const largest = 256 << 20

@RpcService(Trees)
export class TreeAnswers {
  constructor(private readonly trees: MirroredTrees) {}

  async listTrees({ repositoryUrl, commit, paths }: ListTreesRequest, { signal }: HandlerContext) {
    if (paths.length > maxPaths) throw new InvalidRequestError(`paths: at most ${maxPaths} at once`)
    return { entries: await telling(() => this.trees.list(repositoryUrl, commit, paths, signal)) }
  }

  async readTree(request: ReadTreeRequest, { signal }: HandlerContext) {
    const { repositoryUrl, commit, path, recurse, suffixes, followLinks } = request
    const maxBytes = request.maxBytes > 0n ? Math.min(Number(request.maxBytes), largest) : largest
    const options = { recurse, maxBytes, suffixes, followLinks }
    const { id, files } = await telling(() => this.trees.read(repositoryUrl, commit, path, options, signal))
    return { id, files: [...files] }
  }
}

/** Says a failure in the words of calls. */
async function telling<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof TreeMissingError || error instanceof TreeMalformedError) throw new NotFoundError(error.message)
    if (error instanceof TreeTooLargeError) throw new TooLargeError(error.message)
    if (!(error instanceof RepositoryError)) throw error
    throw error.isTransient ? new Later(error.message) : new NotFoundError(error.message)
  }
}
