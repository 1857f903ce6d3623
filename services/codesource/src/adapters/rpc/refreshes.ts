import type { HandlerContext } from '@connectrpc/connect'
import { withoutPassword } from '@k8or/contracts'
import { Refreshes, type RefreshRequest } from '@k8or/contracts/rpc/codesource/v1/refreshes'
import { NotFoundError, RpcService, untilDone } from '@k8or/rpc'
import { Agenda } from '../../domain/agenda/agenda'

@RpcService(Refreshes)
export class RefreshAnswers {
  constructor(private readonly agenda: Agenda) {}

  async refresh({ repositoryUrl, wait }: RefreshRequest, { signal }: HandlerContext): Promise<object> {
    const begin = (done?: () => void): void => {
      if (!this.agenda.refresh(repositoryUrl, done))
        throw new NotFoundError(`no application follows ${withoutPassword(repositoryUrl)}`)
    }
    if (wait) await untilDone(signal, begin)
    else begin()
    return {}
  }
}
