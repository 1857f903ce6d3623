import { Settings, type GetRepositoryResponse } from '@k8or/contracts/rpc/accesspoint/v1/settings'
import { InvalidRequestError, NotFoundError, type Calls } from '@k8or/rpc'
import { isDeepStrictEqual } from 'node:util'
import { noRegistryAccess, type RegistryAccess } from '../../domain/image/access'
import { RegistryError } from '../../domain/image/registry-error'
import type { Credentials, RegistryCredentials, WebhookSecrets } from '../../domain/ports'
import { noAccess, type RepositoryAccess } from '../../domain/repository/access'
import type { ProviderId } from '../../domain/webhook/provider-id'
import { Kept } from './kept'

/** Strangers can make us wish for the newest secrets: by webhooks that do not match. */
const strangersFreshMs = 2_000

interface RegistryQuestion {
  readonly registry: string
  readonly path: string
  readonly pullSecret: string
}

/** Credentials and secrets of the hub, which AccessPoint alone may read: asked of it, kept for half a minute. */
export class HubSettings {
  readonly credentials: Credentials = {
    of: (url, { fresh = false, write = false } = {}) => this.repository(url, write).get({ fresh }),
  }
  readonly webhookSecrets: WebhookSecrets = {
    of: async (provider, options) => (await this.secrets.get(options))[provider],
  }
  readonly registryCredentials: RegistryCredentials = {
    of: (registry, path, pullSecret) => this.registry({ registry, path, pullSecret }).get(),
  }
  private readonly registries = new Map<string, Kept<RegistryAccess>>()
  private readonly secrets: Kept<Partial<Record<ProviderId, string>>>
  private readonly repositories = new Map<string, Kept<RepositoryAccess>>()
  private readonly client

  constructor(calls: Calls) {
    this.client = calls.to('accesspoint', Settings)
    this.secrets = new Kept(async () => (await this.client.getWebhookSecrets({})).secrets, strangersFreshMs)
  }

  private repository(url: string, write: boolean): Kept<RepositoryAccess> {
    const key = `${write ? 'write' : 'read'} ${url}`
    const known = this.repositories.get(key)
    if (known) return known
    let last = noAccess
    // Only our own looks wish for the newest credentials, after a refusal: each may have it.
    const kept = new Kept(async () => {
      const asked = await this.ask(url, write)
      // Equal answers are one answer: who compares them sees whether something changed.
      last = isDeepStrictEqual(asked, last) ? last : asked
      return last
    }, 0)
    this.repositories.set(key, kept)
    return kept
  }

  private registry(image: RegistryQuestion): Kept<RegistryAccess> {
    const key = [image.registry, image.path, image.pullSecret].join('\n')
    const kept = this.registries.get(key) ?? new Kept(() => this.askRegistry(image), 0)
    this.registries.set(key, kept)
    return kept
  }

  private async askRegistry(image: RegistryQuestion): Promise<RegistryAccess> {
    try {
      const { $typeName: _, ...access } = await this.client.getRegistry(image)
      return access
    } catch (error) {
      if (error instanceof NotFoundError && image.pullSecret === '') return noRegistryAccess
      if (error instanceof NotFoundError || error instanceof InvalidRequestError)
        throw new RegistryError(error.message, 'refused', undefined, { cause: error })
      throw error
    }
  }

  private async ask(url: string, write: boolean): Promise<RepositoryAccess> {
    try {
      return accessOf(await this.client.getRepository({ url, write }))
    } catch (error) {
      if (error instanceof NotFoundError) return noAccess
      throw error
    }
  }
}

function accessOf(answer: GetRepositoryResponse): RepositoryAccess {
  return {
    username: answer.username,
    password: answer.password,
    bearerToken: answer.bearerToken,
    sshPrivateKey: answer.sshPrivateKey,
    knownHosts: answer.knownHosts,
    tlsCa: answer.tlsCa,
    tlsClientCert: answer.tlsClientCert,
    tlsClientKey: answer.tlsClientKey,
    insecure: answer.insecure,
    insecureIgnoreHostKey: answer.insecureIgnoreHostKey,
    proxy: answer.proxy,
    noProxy: answer.noProxy,
  }
}
