import type { MessageInitShape } from '@bufbuild/protobuf'
import type { HandlerContext } from '@connectrpc/connect'
import {
  Settings,
  type GetRegistryRequest,
  type GetRegistryResponseSchema,
  type GetRepositoryRequest,
  type GetRepositoryResponseSchema,
  type GetWebhookSecretsRequest,
  type GetWebhookSecretsResponseSchema,
} from '@k8or/contracts/rpc/accesspoint/v1/settings'
import { serviceOf } from '@k8or/identity'
import { Later } from '@k8or/outcome'
import { ForbiddenError, InvalidRequestError, NotFoundError, peerOf, RpcService } from '@k8or/rpc'
import {
  parsePullSecret,
  pullSecretAccess,
  PullSecretError,
  type PullSecretName,
} from '../../domain/settings/pull-secrets'
import { registryAccess, type RegistryAccess } from '../../domain/settings/registries'
import { repositoryAccess, repositoryWriteAccess } from '../../domain/settings/repositories'
import { webhookSecrets } from '../../domain/settings/webhooks'
import { Hub } from '../kubernetes/hub'
import { PullSecrets } from '../kubernetes/pull-secrets'

/** Answers `Settings`: what services need of the hub's Secrets, to those that need it. */
@RpcService(Settings)
export class SettingsAnswers {
  constructor(
    private readonly hub: Hub,
    private readonly pullSecrets: PullSecrets,
  ) {}

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

  async getRegistry(
    { registry, path, pullSecret }: GetRegistryRequest,
    context: HandlerContext,
  ): Promise<MessageInitShape<typeof GetRegistryResponseSchema>> {
    this.admit(context)
    const settings = this.hub.repositorySettings()
    const image = { registry, path }
    const found = await telling(async () =>
      pullSecret === ''
        ? registryAccess(image, settings)
        : this.byPullSecret(image, parsePullSecret(pullSecret), context),
    )
    if (!found) throw new NotFoundError('nothing is declared for this registry')
    return found
  }

  private async byPullSecret(
    image: { registry: string; path: string },
    named: PullSecretName,
    { signal }: HandlerContext,
  ): Promise<RegistryAccess> {
    const secret = await this.pullSecrets.get(named, signal)
    if (!secret)
      throw new NotFoundError(`Secret ${named.namespace}/${named.name} of annotation pull-secret is not there`)
    return pullSecretAccess(image, named, secret, this.hub.repositorySettings(), this.hub.facts.controlNamespace)
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

/** Says a failure in the words of calls. */
async function telling<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    throw error instanceof PullSecretError ? new InvalidRequestError(error.message) : error
  }
}
