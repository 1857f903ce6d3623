import type { MessageInitShape } from '@bufbuild/protobuf'
import type { HandlerContext } from '@connectrpc/connect'
import {
  Settings,
  type GetRepositoryRequest,
  type GetRepositoryResponseSchema,
  type GetWebhookSecretsRequest,
  type GetWebhookSecretsResponseSchema,
} from '@k8or/contracts/rpc/accesspoint/v1/settings'
import { serviceOf } from '@k8or/identity'
import { Later } from '@k8or/outcome'
import { ForbiddenError, NotFoundError, peerOf, RpcService } from '@k8or/rpc'
import { repositoryAccess, repositoryWriteAccess } from '../../domain/settings/repositories'
import { webhookSecrets } from '../../domain/settings/webhooks'
import { Hub } from '../kubernetes/hub'

/** Answers `Settings`: what services need of the hub's Secrets, to those that need it. */
@RpcService(Settings)
export class SettingsAnswers {
  constructor(private readonly hub: Hub) {}

  getRepository(
    { url, write }: GetRepositoryRequest,
    context: HandlerContext,
  ): MessageInitShape<typeof GetRepositoryResponseSchema> {
    this.admit(context)
    const access = write ? repositoryWriteAccess : repositoryAccess
    const found = access(url, this.hub.repositorySettings())
    if (!found) throw new NotFoundError('nothing is declared for this repository')
    return found
  }

  getWebhookSecrets(
    _: GetWebhookSecretsRequest,
    context: HandlerContext,
  ): MessageInitShape<typeof GetWebhookSecretsResponseSchema> {
    this.admit(context)
    return { secrets: webhookSecrets(this.hub.argocdSecret()) }
  }

  private admit(context: HandlerContext): void {
    const peer = peerOf(context)
    if (serviceOf(peer) !== 'codesource')
      throw new ForbiddenError(`credentials are for codesource alone, not for ${peer === '' ? 'strangers' : peer}`)
    const missing = this.hub
      .missing()
      .filter((kind) => kind === 'secrets' || kind === 'argocd-secret' || kind === 'settings')
    if (missing.length > 0) throw new Later(`the ${missing.join(' and ')} of the hub were not read yet`, 500)
  }
}
