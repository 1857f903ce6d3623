import type { Clusters } from '@k8or/cluster-client'
import type { PullSecretName } from '../../domain/settings/pull-secrets'
import { readSecret, type DeclaredSecret } from './declared-secret'

const timeoutMs = 5_000

/** Secrets of the hub that annotations name, read when they are needed. */
export class PullSecrets {
  constructor(
    private readonly clusters: Clusters,
    private readonly hub: string,
  ) {}

  async get({ namespace, name }: PullSecretName, signal: AbortSignal): Promise<DeclaredSecret | undefined> {
    const ref = { group: '', version: 'v1', kind: 'Secret', namespace, name }
    const object = await this.clusters.get(this.hub, ref, { signal, timeoutMs })
    return object && readSecret(object)
  }
}
