import { managedMarks, type ObjectRef } from '@k8or/contracts'
import { KubeError, type Clusters as KubeClusters } from '@k8or/cluster-client'
import { passPoint } from '@k8or/fault-points'
import { refOf, type KindRef, type KubeObject } from '@k8or/kube-objects'
import { RefusedError, type Clusters, type MutationOptions } from '../../domain/cluster/clusters'

const servedWithinMs = 5000
const askEveryMs = 200

/** The clusters through AccessPoint's gate, with refusals as the domain knows them. */
export class GateClusters implements Clusters {
  constructor(private readonly clusters: KubeClusters) {}

  get(cluster: string, ref: ObjectRef, signal: AbortSignal): Promise<KubeObject | undefined> {
    return translated(ref, this.clusters.get(cluster, ref, { signal }))
  }

  async ofApplication(cluster: string, kind: KindRef, application: string, signal: AbortSignal): Promise<KubeObject[]> {
    const labelSelector = `${managedMarks.application}=${application}`
    const listed = this.clusters.list(cluster, kind, { signal, labelSelector })
    return translated({ ...kind, namespace: '', name: '*' }, listed).catch(noneWhereNotServed)
  }

  async apply(cluster: string, object: KubeObject, options: MutationOptions): Promise<KubeObject> {
    const applied = await translated(refOf(object), this.clusters.apply(cluster, object, options))
    passPoint('syncmaster', 'object', 'apply')
    return applied
  }

  async delete(
    cluster: string,
    ref: ObjectRef,
    options: MutationOptions & { uid?: string; propagation?: 'Foreground' | 'Background' | 'Orphan' },
  ): Promise<boolean> {
    const wasThere = await translated(ref, this.clusters.delete(cluster, ref, options))
    passPoint('syncmaster', 'object', 'delete')
    return wasThere
  }

  async isNamespaced(cluster: string, kind: KindRef, signal: AbortSignal): Promise<boolean | undefined> {
    const ref = { ...kind, namespace: '', name: '*' }
    const resource = await translated(ref, this.clusters.discover(cluster, kind, { signal }))
    return resource?.namespaced
  }

  async untilServed(cluster: string, kind: KindRef, signal: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + servedWithinMs
    while (performance.now() < deadline) {
      if (await this.clusters.discover(cluster, kind, { signal })) return true
      await pause(askEveryMs, signal)
    }
    return false
  }
}

async function translated<Answer>(ref: ObjectRef, call: Promise<Answer>): Promise<Answer> {
  try {
    return await call
  } catch (error) {
    if (error instanceof KubeError)
      throw new RefusedError(error.message, ref, error.status, error.reason, { cause: error })
    throw error
  }
}

function noneWhereNotServed(error: unknown): KubeObject[] {
  if (error instanceof RefusedError && error.reason === 'KindNotServed') return []
  throw error
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
