import { Refreshes, type RefreshRequest } from '@k8or/contracts/rpc/codesource/v1/refreshes'
import { NotFoundError, RpcService } from '@k8or/rpc'
import { withoutPassword } from '../../domain/repository/remote'
import { RepositoryWork } from '../repository-work'

@RpcService(Refreshes)
export class RefreshAnswers {
  constructor(private readonly work: RepositoryWork) {}

  refresh({ repositoryUrl }: RefreshRequest): object {
    if (!this.work.refresh(repositoryUrl))
      throw new NotFoundError(`no application follows ${withoutPassword(repositoryUrl)}`)
    return {}
  }
}
