import { Commits as CommitsService } from '@k8or/contracts/rpc/codesource/v1/commits'
import { Refreshes } from '@k8or/contracts/rpc/codesource/v1/refreshes'
import { ConflictError, ForbiddenError, InvalidRequestError, NotFoundError, type Calls } from '@k8or/rpc'
import { CommitRefusedError, type Commits, type CommitToMake } from '../../domain/images/ports'

const actor = 'policy:image-update'
const pushMs = 60_000

/** Commits, made by CodeSource. */
export class CodeSourceCommits implements Commits {
  private readonly client
  private readonly refreshes

  constructor(
    calls: Calls,
    private readonly stopping: AbortSignal,
  ) {
    this.client = calls.to('codesource', CommitsService)
    this.refreshes = calls.to('codesource', Refreshes)
  }

  async commit({ repositoryUrl, files, ...wish }: CommitToMake): Promise<string> {
    const request = { ...wish, repositoryUrl, actor, edits: [...files], causes: [...wish.causes] }
    try {
      const { commit } = await this.client.commit(request, { timeoutMs: pushMs, signal: this.stopping })
      return commit
    } catch (error) {
      if (error instanceof ConflictError) await this.refreshes.refresh({ repositoryUrl }, { signal: this.stopping })
      const isRefused = [NotFoundError, ForbiddenError, InvalidRequestError].some((type) => error instanceof type)
      if (isRefused) throw new CommitRefusedError((error as Error).message, { cause: error })
      throw error
    }
  }
}
