import { KubeError, type Clusters } from '@k8or/cluster-client'
import { stopKey, stopRecord, type StopRecord } from '@k8or/contracts'
import type { StopCopies } from '../../domain/stop/stops'
import type { KeptStops } from '../jetstream/recorded-stops'

/** The ConfigMap that holds copies of the emergency stops, in the control namespace: one key for each. */
export const stopsConfigMap = 'k8or-emergency-stops'

const timeoutMs = 5_000

/** Where the copies are, and how the hub's own watch sees them. */
export interface HubStopsOptions {
  readonly clusters: Pick<Clusters, 'get' | 'apply' | 'mergePatch'>
  readonly cluster: string
  readonly namespace: string
  readonly untilRead: (signal: AbortSignal) => Promise<void>
}

/** Copies of the emergency stops on the hub. */
export class HubStops implements KeptStops {
  constructor(private readonly options: HubStopsOptions) {}

  untilRead(signal: AbortSignal): Promise<void> {
    return this.options.untilRead(signal)
  }

  async read(): Promise<StopCopies> {
    const found = await this.options.clusters.get(this.options.cluster, this.ref, limits())
    return readStops((found?.['data'] ?? {}) as Record<string, string>)
  }

  write(stop: StopRecord): Promise<void> {
    return this.change({ [stopKey(stop.cluster)]: JSON.stringify(stop) })
  }

  async remove(cluster: string): Promise<void> {
    const keys = [...(await this.read())].filter(([, stop]) => stop.cluster === cluster).map(([key]) => key)
    if (keys.length > 0) await this.change(Object.fromEntries(keys.map((key) => [key, null])))
  }

  /** Key by key, so that another replica's stop is left alone. */
  private async change(data: Readonly<Record<string, string | null>>): Promise<void> {
    const { clusters, cluster } = this.options
    try {
      await clusters.mergePatch(cluster, this.ref, { data }, limits())
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 404) throw error
      const { name, namespace } = this.ref
      await clusters.apply(
        cluster,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data },
        limits(),
      )
    }
  }

  private get ref() {
    const { namespace } = this.options
    return { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: stopsConfigMap }
  }
}

/** Reads the copies; one that can not be read stops the whole mesh, since nobody knows what it was to stop. */
export function readStops(data: Readonly<Record<string, string>>): StopCopies {
  return new Map(Object.entries(data).map(([key, text]) => [key, parse(text) ?? unreadable(key)]))
}

function parse(text: string): StopRecord | undefined {
  try {
    return stopRecord.schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function unreadable(key: string): StopRecord {
  const reason = `key ${key} of ConfigMap ${stopsConfigMap} can not be read: mend it, or lift the stop of the mesh`
  return { cluster: '', since: new Date(0).toISOString(), actor: 'unknown', reason }
}

function limits() {
  return { signal: AbortSignal.timeout(timeoutMs), timeoutMs }
}
