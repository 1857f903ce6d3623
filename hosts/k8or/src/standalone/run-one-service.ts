import type { ServiceName } from '@k8or/contracts'
import { runService } from '@k8or/shell'
import { keepBus } from '../bootstrap/keep-bus'
import { ownIdentity } from './own-identity'

/** Each loads its service and no other: a process holds in memory what it runs. */
const programs: Readonly<Record<ServiceName, () => Promise<void>>> = {
  accesspoint: async () => {
    const { createApp, loadConfig } = await import('@k8or/accesspoint')
    await runService({
      name: 'accesspoint',
      createApp,
      keepBus,
      loadConfig,
      identity: (config, log) => ownIdentity('accesspoint', config, log),
    })
  },
  codesource: async () => {
    const { createApp, loadConfig } = await import('@k8or/codesource')
    await runService({ name: 'codesource', createApp, loadConfig })
  },
  chartstore: async () => {
    const { createApp, loadConfig } = await import('@k8or/chartstore')
    await runService({ name: 'chartstore', createApp, loadConfig })
  },
  syncmaster: async () => {
    const { createApp, loadConfig } = await import('@k8or/syncmaster')
    await runService({ name: 'syncmaster', createApp, loadConfig })
  },
  insighthub: async () => {
    const { createApp, loadConfig } = await import('@k8or/insighthub')
    await runService({ name: 'insighthub', createApp, loadConfig })
  },
}

/** Runs one service in this process. */
export function runOneService(name: ServiceName): Promise<void> {
  return programs[name]()
}
