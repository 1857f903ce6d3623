import * as accesspoint from '@k8or/accesspoint'
import * as chartstore from '@k8or/chartstore'
import * as codesource from '@k8or/codesource'
import * as insighthub from '@k8or/insighthub'
import type { ServiceName } from '@k8or/contracts'
import { LocalCalls } from '@k8or/rpc'
import { loadShellConfig, startProbes, untilSignal, type Readiness, type ServiceApp } from '@k8or/shell'
import * as syncmaster from '@k8or/syncmaster'
import { createLogger, startTracing } from '@k8or/telemetry'
import { LocalLinks, type GateFor } from './local-links'

const log = createLogger('standalone')

/**
 * Runs all services in one process until SIGTERM or SIGINT. Each has its own certificate and its own connection to the
 * bus; calls and the road to the clusters stay inside the process, with the same guards (ADR 0009).
 */
export async function runStandalone(): Promise<void> {
  const shell = loadShellConfig('accesspoint')
  await untilSignal(log, async ({ closing, signal }) => {
    const tracing = await startTracing('k8or')
    closing.push(() => tracing.stop())
    const apps: ServiceApp[] = []
    const expected = 5
    const probes = await startProbes(shell.probesListen, () => readinessOf(apps, expected))
    closing.push(() => probes.stop())
    const local = new LocalLinks(shell, new LocalCalls(), log, signal)
    closing.push(() => local.close())
    const own = await local.of('accesspoint', noGate)
    const gate = await accesspoint.createApp(accesspoint.loadConfig(), own, { isInProcess: true })
    const add = async (app: ServiceApp): Promise<void> => {
      closing.push(() => app.stop())
      await app.start()
      apps.push(app)
    }
    await add(gate)
    const links = (name: ServiceName) => local.of(name, (identity) => gate.gate(identity))
    await Promise.all([
      codesource.createApp(codesource.loadConfig(), await links('codesource')).then(add),
      chartstore.createApp(chartstore.loadConfig(), await links('chartstore')).then(add),
      syncmaster.createApp(syncmaster.loadConfig(), await links('syncmaster')).then(add),
      insighthub.createApp(insighthub.loadConfig(), await links('insighthub')).then(add),
    ])
  })
}

/** AccessPoint is the gate: it needs none. */
const noGate: GateFor = () => ({
  call: () => Promise.reject(new Error('AccessPoint reaches clusters by itself, not through a gate')),
})

function readinessOf(apps: readonly ServiceApp[], expected: number): Readiness {
  const starting = apps.length < expected ? [`${String(expected - apps.length)} services are starting`] : []
  const reasons = [...starting, ...apps.flatMap((app) => app.readiness().reasons)]
  return { ready: reasons.length === 0, reasons }
}
