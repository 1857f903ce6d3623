import { loadConfig as loadAccessPoint } from '@k8or/accesspoint'
import { loadConfig as loadChartStore } from '@k8or/chartstore'
import { loadConfig as loadCodeSource } from '@k8or/codesource'
import { services, type ServiceName } from '@k8or/contracts'
import { loadConfig as loadInsightHub } from '@k8or/insighthub'
import { loadShellConfig } from '@k8or/shell'
import { loadConfig as loadSyncMaster } from '@k8or/syncmaster'
import { loadTelemetryConfig } from '@k8or/telemetry'
import { loadBootstrapConfig } from '../src/bootstrap/config'

type Environment = Readonly<Record<string, string>>
type Reader = (environment: NodeJS.ProcessEnv) => unknown

const own: Readonly<Record<ServiceName, Reader>> = {
  accesspoint: loadAccessPoint,
  codesource: loadCodeSource,
  chartstore: loadChartStore,
  syncmaster: loadSyncMaster,
  insighthub: loadInsightHub,
}

/** Everything that a command of the mesh reads from its environment, as it reads it. */
export function readerOf([command, what]: readonly string[]): Reader {
  if (command === 'bootstrap') return together(loadBootstrapConfig, loadTelemetryConfig)
  if (command === 'standalone')
    return together(loadTelemetryConfig, (env) => loadShellConfig('accesspoint', env), ...Object.values(own))
  const name = services.find((service) => service === what)
  if (command !== 'service' || !name) throw new Error(`k8or ${command} ${what} is no command of the mesh`)
  return together(loadTelemetryConfig, (env) => loadShellConfig(name, env), own[name])
}

function together(...readers: readonly Reader[]): Reader {
  return (environment) => readers.forEach((read) => void read(environment))
}

/** The variables that a reader does not look at. @throws when it refuses one, or misses one */
export function unread(environment: Environment, read: Reader): string[] {
  const seen = new Set<string | symbol>()
  const watched = new Proxy(environment, {
    get: (target, name) => {
      seen.add(name)
      return Reflect.get(target, name) as unknown
    },
  })
  read(watched)
  return Object.keys(environment).filter((name) => !seen.has(name))
}
