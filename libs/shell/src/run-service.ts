import type { ServiceName } from '@k8or/contracts'
import { armFaultPoints } from '@k8or/fault-points'
import type { Bus } from '@k8or/jetstream'
import type { RenewingIdentity } from '@k8or/identity'
import { createLogger, startTracing, type Logger } from '@k8or/telemetry'
import { loadShellConfig, type ShellConfig } from './config'
import { endWhenAnew } from './end-when-anew'
import type { Links } from './links'
import { networkLinks } from './network-links'
import { startProbes } from './probes'
import type { Readiness, ServiceApp } from './service-app'
import { readTogether } from './settings'
import { untilProvisioned } from './until-provisioned'
import { untilSignal } from './until-signal'

/** How one service runs in a process of its own. */
export interface ServiceProgram<Config> {
  readonly name: ServiceName
  readonly createApp: (config: Config, links: Links) => Promise<ServiceApp>
  readonly loadConfig: () => Config
  /** Only AccessPoint has its certificate from elsewhere than AccessPoint. */
  readonly identity?: (config: ShellConfig, log: Logger) => Promise<RenewingIdentity>
  /** What makes the streams where they are not there; whoever has none waits for them. */
  readonly keepBus?: (bus: Bus, config: ShellConfig, log: Logger, signal: AbortSignal) => void
}

/** Runs one service until SIGTERM or SIGINT; what was opened is closed in reverse order. */
export async function runService<Config>(program: ServiceProgram<Config>): Promise<void> {
  const { name } = program
  const log = createLogger(name)
  await untilSignal(log, async ({ closing, signal, endBecause }) => {
    const [shell, config] = readTogether(() => loadShellConfig(name), program.loadConfig)
    if (shell.faultPoints) armFaultPoints(shell.faultPoints)
    const tracing = await startTracing(name)
    closing.push(() => tracing.stop())
    const state: { app?: ServiceApp } = {}
    const probes = await startProbes(shell.probesListen, () => state.app?.readiness() ?? joining)
    closing.push(() => probes.stop())
    const identity = await program.identity?.(shell, log)
    const links = await networkLinks(name, shell, log, { signal, identity })
    closing.push(() => links.close())
    endWhenAnew(links.bus, { endBecause })
    program.keepBus?.(links.bus, shell, log, signal)
    await untilProvisioned(links.bus, log, signal)
    const app = await program.createApp(config, links)
    closing.push(() => app.stop())
    await app.start(signal)
    state.app = app
  })
}

const joining: Readiness = { ready: false, reasons: ['is joining the mesh'] }
