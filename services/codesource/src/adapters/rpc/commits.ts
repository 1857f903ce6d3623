import type { HandlerContext } from '@connectrpc/connect'
import { sha256 } from '@k8or/contracts'
import { Commits, type CommitRequest } from '@k8or/contracts/rpc/codesource/v1/commits'
import { serviceOf } from '@k8or/identity'
import { Later } from '@k8or/outcome'
import { ConflictError, ForbiddenError, InvalidRequestError, NotFoundError, peerOf, RpcService } from '@k8or/rpc'
import { currentTraceparent } from '@k8or/telemetry'
import { Committing } from '../../domain/commit/committing'
import { CommitError, type CommitFailure, type FileEdit } from '../../domain/commit/request'
import { RepositoryError } from '../../domain/repository/remote'
import { DeclaredRepositories } from '../git/declared-repositories'

/** Who decides what is written to git; everybody else asks them. */
const writers: readonly (string | undefined)[] = ['chartstore', 'syncmaster']

const errors: Readonly<Record<CommitFailure, new (message: string) => Error>> = {
  invalid: InvalidRequestError,
  missing: NotFoundError,
  changed: ConflictError,
  refused: ForbiddenError,
}

@RpcService(Commits)
export class CommitAnswers {
  constructor(
    private readonly committing: Committing,
    private readonly repositories: DeclaredRepositories,
  ) {}

  async commit(request: CommitRequest, context: HandlerContext) {
    const peer = peerOf(context)
    if (!writers.includes(serviceOf(peer)))
      throw new ForbiddenError(`commits are for ${writers.join(' and ')}, not for ${peer === '' ? 'strangers' : peer}`)
    const { branch, baseBranch: base, message, operation, actor, causes, correlationId } = request
    const edits = request.edits.map(editOf)
    const wish = { edits, message, operation, actor, causes, correlationId, traceparent: currentTraceparent() }
    return telling(async () => {
      const place = { repository: this.repositories.of(request.repositoryUrl), wish: { branch, base } }
      const { commit, ref } = await this.committing.commit(place, wish, context.signal)
      const files = edits.map(({ path, content }) => ({ path, contentSha256: content ? sha256(content) : '' }))
      return { commit, branch: ref.replace(/^refs\/heads\//, ''), files }
    })
  }
}

function editOf({ path, baseId, content, removed }: CommitRequest['edits'][number]): FileEdit {
  return { path, baseId, content: removed ? undefined : Buffer.from(content) }
}

/** Says a failure in the words of calls. */
async function telling<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof CommitError) throw new errors[error.failure](error.message)
    if (!(error instanceof RepositoryError)) throw error
    if (error.isTransient) throw new Later(error.message)
    throw error.problem.reason === 'RepositoryAccessRefused'
      ? new ForbiddenError(error.message)
      : new NotFoundError(error.message)
  }
}
