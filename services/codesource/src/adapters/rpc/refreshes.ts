import { Refreshes, type RefreshRequest } from '@k8or/contracts/rpc/codesource/v1/refreshes'
import { NotFoundError, RpcService } from '@k8or/rpc'
import { withoutPassword } from '../../domain/repository/remote'
import { Agenda } from '../../domain/agenda/agenda'

@RpcService(Refreshes)
export class RefreshAnswers {
  constructor(private readonly agenda: Agenda) {}

  refresh({ repositoryUrl }: RefreshRequest): object {
    if (!this.agenda.refresh(repositoryUrl))
      throw new NotFoundError(`no application follows ${withoutPassword(repositoryUrl)}`)
    return {}
  }
}
