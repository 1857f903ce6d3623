import type { Destination } from '@k8or/contracts'
import { Clusters } from '@k8or/contracts/rpc/accesspoint/v1/clusters'
import { NotFoundError, type Calls } from '@k8or/rpc'
import type { Targets } from '../../domain/ports'

const keptMs = 10_000

/** Versions of clusters, asked of AccessPoint now and then. */
export class AccessPointTargets implements Targets {
  private readonly client
  private versions: Promise<ReadonlyMap<string, string>> | undefined
  private askedAt = 0

  constructor(calls: Calls) {
    this.client = calls.to('accesspoint', Clusters)
  }

  async kubeVersion({ server, name }: Destination): Promise<string | undefined> {
    try {
      const resolved = await this.client.resolve({ server, name })
      const version = (await this.all()).get(resolved.name) ?? ''
      return version === '' ? undefined : version
    } catch (error) {
      if (error instanceof NotFoundError) return undefined
      throw error
    }
  }

  private all(): Promise<ReadonlyMap<string, string>> {
    const now = performance.now()
    if (this.versions && now - this.askedAt < keptMs) return this.versions
    this.askedAt = now
    this.versions = this.client.list({}).then(({ clusters }) => new Map(clusters.map((one) => [one.name, one.version])))
    this.versions.catch(() => (this.versions = undefined))
    return this.versions
  }
}
