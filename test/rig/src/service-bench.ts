import { join } from 'node:path'
import { startBusBench, type BusBench } from './bus-bench'
import { DirectGate } from './kube/direct-gate'
import { startKube, type KubeOptions, type KubeServer } from './kube/kube-server'
import { prepareHub } from './mesh/hub'

/** Real servers around one service under test, a hub among them. */
export interface ServiceBench extends BusBench {
  /** The hub, which is the only cluster. */
  readonly kube: KubeServer
  readonly gate: DirectGate
}

/** Starts an API server that is prepared as a hub, NATS and Redis. */
export async function startServiceBench(dir: string, options: Omit<KubeOptions, 'dir'> = {}): Promise<ServiceBench> {
  const [kube, bench] = await Promise.all([startKube({ dir: join(dir, 'kube'), ...options }), startBusBench(dir)])
  await prepareHub(kube.client, 'secret')
  const gate = new DirectGate(kube)
  return {
    ...{ ...bench, kube, gate },
    links: (service) => bench.links(service, gate),
    stop: async () => {
      await gate.close()
      await Promise.all([kube.stop(), bench.stop()])
    },
  }
}
