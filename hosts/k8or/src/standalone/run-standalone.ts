import type { ServiceName } from '@k8or/contracts'
import { armFaultPoints } from '@k8or/fault-points'
import { LocalCalls } from '@k8or/rpc'
import {
  endWhenAnew,
  loadShellConfig,
  readTogether,
  startProbes,
  untilProvisioned,
  untilSignal,
  type Links,
  type Readiness,
  type ServiceApp,
} from '@k8or/shell'
import { createLogger, startTracing } from '@k8or/telemetry'
import { keepBus } from '../bootstrap/keep-bus'
import { LocalLinks, type GateFor } from './local-links'

/**
 * Runs all services in one process until SIGTERM or SIGINT. Each has its own certificate and its own connection to the
 * bus; calls and the road to the clusters stay inside the process, with the same guards (ADR 0009).
 */
export async function runStandalone(): Promise<void> {
  const log = createLogger('standalone')
  await untilSignal(log, async ({ closing, signal, endBecause }) => {
    const { shell, createAccessPoint, others } = await loadServices()
    if (shell.faultPoints) armFaultPoints(shell.faultPoints)
    const tracing = await startTracing('k8or')
    closing.push(() => tracing.stop())
    const apps: ServiceApp[] = []
    const probes = await startProbes(shell.probesListen, () => readinessOf(apps, others.length + 1))
    closing.push(() => probes.stop())
    const failing = new AbortController()
    const giveUp = AbortSignal.any([signal, failing.signal])
    const local = new LocalLinks(shell, new LocalCalls(), log, giveUp)
    closing.push(() => local.close())
    const add = async (app: ServiceApp): Promise<void> => {
      closing.push(() => app.stop())
      await app.start(giveUp)
      apps.push(app)
    }
    const linksOf = async (name: ServiceName, gateFor: GateFor): Promise<Links> => {
      const links = await local.of(name, gateFor)
      endWhenAnew(links.bus, { endBecause })
      return links
    }
    const gateLinks = await linksOf('accesspoint', noGate)
    keepBus(gateLinks.bus, shell, log, giveUp)
    await untilProvisioned(gateLinks.bus, log, giveUp)
    const accessPoint = await createAccessPoint(gateLinks)
    await named('accesspoint', add(accessPoint))
    const gateFor: GateFor = (identity) => accessPoint.gate(identity)
    const starts = others.map(async ({ name, create }) => {
      const links = await linksOf(name, gateFor)
      await untilProvisioned(links.bus, log, giveUp)
      await add(await create(links))
    })
    await allOrNone(
      starts.map((start, index) => named(others[index]?.name, start)),
      failing,
    )
  })
}

/** Where one fails the others give up; they must have done so before they can be stopped. */
async function allOrNone(starts: readonly Promise<void>[], failing: AbortController): Promise<void> {
  try {
    await Promise.all(starts)
  } catch (error) {
    failing.abort(error)
    await Promise.allSettled(starts)
    throw error
  }
}

async function named(service: ServiceName | undefined, start: Promise<void>): Promise<void> {
  await start.catch((cause: unknown) => {
    throw new Error(service, { cause })
  })
}

/** Loads every service, then all settings: what is missing there is told together, before anything is opened. */
async function loadServices() {
  const accesspoint = await import('@k8or/accesspoint')
  const codesource = await import('@k8or/codesource')
  const chartstore = await import('@k8or/chartstore')
  const syncmaster = await import('@k8or/syncmaster')
  const insighthub = await import('@k8or/insighthub')
  const [shell, gateConfig, ...others] = readTogether(
    () => loadShellConfig('accesspoint'),
    () => accesspoint.loadConfig(),
    () => configured('codesource', codesource),
    () => configured('chartstore', chartstore),
    () => configured('syncmaster', syncmaster),
    () => configured('insighthub', insighthub),
  )
  const createAccessPoint = (links: Links) => accesspoint.createApp(gateConfig, links, { isInProcess: true })
  return { shell, createAccessPoint, others }
}

interface Service<Config> {
  readonly loadConfig: () => Config
  readonly createApp: (config: Config, links: Links) => Promise<ServiceApp>
}

function configured<Config>(name: ServiceName, { loadConfig, createApp }: Service<Config>) {
  const config = loadConfig()
  return { name, create: (links: Links) => createApp(config, links) }
}

/** AccessPoint is the gate: it needs none. */
const noGate: GateFor = () => ({
  call: () => Promise.reject(new Error('AccessPoint reaches clusters by itself, not through a gate')),
})

function readinessOf(apps: readonly ServiceApp[], expected: number): Readiness {
  const starting = apps.length < expected ? [`${expected - apps.length} services are starting`] : []
  const reasons = [...starting, ...apps.flatMap((app) => app.readiness().reasons)]
  return { ready: reasons.length === 0, reasons }
}
