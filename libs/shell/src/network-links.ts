import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { httpsGate } from '@k8or/cluster-client'
import type { ServiceName } from '@k8or/contracts'
import { joinMesh, type RenewingIdentity } from '@k8or/identity'
import { networkCalls, startRpcServer, type CallRoutes, type RpcServer } from '@k8or/rpc'
import type { Logger } from '@k8or/telemetry'
import { identityDir, type ShellConfig } from './config'
import type { Links } from './links'
import { untilConnected, tryUntilDone } from './try-until-done'

/** Links that must be let go of when the service has stopped. */
export interface ClosableLinks extends Links {
  close(): Promise<void>
}

/** Joins a service to the mesh over the network: its certificate, the bus, the other services, the gate. */
export async function networkLinks(
  name: ServiceName,
  config: ShellConfig,
  log: Logger,
  options: { readonly signal: AbortSignal; readonly identity?: RenewingIdentity | undefined },
): Promise<ClosableLinks> {
  const { signal, identity } = options
  const me = identity ?? (await tryUntilDone('join the mesh', () => joinAs(name, config, log), { log, signal }))
  const holder = `${name}-${String(process.pid)}`
  const bus = await untilConnected({ url: config.natsUrl, identity: me, holder, log }, signal)
  const gate = httpsGate({ url: config.urls.accesspoint, identity: me })
  const calls = networkCalls({ identity: me, urls: config.urls })
  let server: RpcServer | undefined
  const withdraw = async (): Promise<void> => server?.stop()
  return {
    identity: me,
    bus,
    gate,
    calls,
    serve: async (_: ServiceName, routes: CallRoutes) => {
      server = await startRpcServer({ listen: config.listen, identity: me, routes })
    },
    withdraw,
    close: async () => {
      await withdraw()
      calls.close()
      await gate.close()
      await bus.close()
      me.stop()
    },
  }
}

function joinAs(
  name: ServiceName,
  { stateDir, trustDomain, urls }: ShellConfig,
  log: Logger,
): Promise<RenewingIdentity> {
  const tokenFile = join(stateDir, 'join', `${name}.token`)
  return joinMesh({
    accessPointUrl: urls.accesspoint,
    trustDomain,
    ca: readFileSync(join(stateDir, 'ca.crt'), 'utf8'),
    service: name,
    dir: identityDir(stateDir, name),
    token: () => readOptional(tokenFile),
    log,
  })
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
