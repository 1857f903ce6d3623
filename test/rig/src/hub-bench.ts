import type { ServiceName } from '@k8or/contracts'
import type { Links, ServiceApp } from '@k8or/shell'
import { HubDriver } from './hub-driver'
import { ReleaseDesk } from './release-desk'
import { startServiceBench, type ServiceBench } from './service-bench'
import { removeDir, tempDir } from './temp-dir'

/** A service that runs over links of its own. */
export interface RunningService {
  readonly app: ServiceApp
  readonly links: Links
  stop(): Promise<void>
}

/** A bench around SyncMaster: a hub with a namespace `shop`, and whoever declares and releases. */
export interface HubBench extends ServiceBench {
  readonly desk: ReleaseDesk
  readonly hub: HubDriver
  /** Builds and starts one more replica of the service. */
  run(service: ServiceName, create: (links: Links) => Promise<ServiceApp>): Promise<RunningService>
  close(): Promise<void>
}

/** Starts such a bench. */
export async function startHubBench(options: Parameters<typeof startServiceBench>[1] = {}): Promise<HubBench> {
  const dir = tempDir('syncmaster')
  const bench = await startServiceBench(dir, options).catch((error: unknown) => {
    removeDir(dir)
    throw error
  })
  const hub = new HubDriver(bench)
  hub.follow()
  await bench.kube.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  return {
    ...bench,
    hub,
    desk: new ReleaseDesk(bench.bus('chartstore'), bench.calls),
    run: async (service, create) => {
      const links = await bench.links(service)
      const app = await create(links)
      await app.start()
      const stop = async (): Promise<void> => {
        await app.stop()
        await links.close()
      }
      return { app, links, stop }
    },
    close: async () => {
      await hub.stop()
      await bench.stop()
      removeDir(dir)
    },
  }
}
