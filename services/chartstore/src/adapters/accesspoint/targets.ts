import type { Destination } from '@k8or/contracts'
import { Clusters } from '@k8or/contracts/rpc/accesspoint/v1/clusters'
import { Later } from '@k8or/outcome'
import { NotFoundError, type Calls } from '@k8or/rpc'
import type { Targets } from '../../domain/ports'
import type { Capabilities } from '../../domain/render/capabilities'

const keptMs = 30_000

interface Kept {
  readonly until: number
  readonly asked: Promise<Capabilities | undefined>
}

/** What clusters can do, asked of AccessPoint now and then. */
export class AccessPointTargets implements Targets {
  private readonly client
  private readonly kept = new Map<string, Kept>()

  constructor(calls: Calls) {
    this.client = calls.to('accesspoint', Clusters)
  }

  capabilities({ server, name }: Destination): Promise<Capabilities | undefined> {
    const key = `${server}\n${name}`
    const known = this.kept.get(key)
    if (known && performance.now() < known.until) return known.asked
    const asked = this.ask(server, name)
    this.kept.set(key, { until: performance.now() + keptMs, asked })
    const forget = () => this.kept.delete(key)
    asked.then((found) => found ?? forget(), forget)
    return asked
  }

  private async ask(server: string, name: string): Promise<Capabilities | undefined> {
    try {
      const { version, apiVersions } = await this.client.getCapabilities({ server, name })
      return { kubeVersion: version, apiVersions }
    } catch (error) {
      if (error instanceof NotFoundError || error instanceof Later) return undefined
      throw error
    }
  }
}
