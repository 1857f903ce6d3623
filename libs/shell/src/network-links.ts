import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { httpsGate } from '@k8or/cluster-client'
import type { ServiceName } from '@k8or/contracts'
import { joinMesh, type RenewingIdentity } from '@k8or/identity'
import { connectBus } from '@k8or/jetstream'
import { describeError, Never } from '@k8or/outcome'
import { networkCalls, startRpcServer, type CallRoutes, type RpcServer } from '@k8or/rpc'
import type { Logger } from '@k8or/telemetry'
import { identityDir, type ShellConfig } from './config'
import type { Links } from './links'

/** Links that must be let go of when the service has stopped. */
export interface ClosableLinks extends Links {
  close(): Promise<void>
}

/** Joins a service to the mesh over the network: its certificate, the bus, the other services, the gate. */
export async function networkLinks(
  name: ServiceName,
  config: ShellConfig,
  log: Logger,
  identity?: RenewingIdentity,
): Promise<ClosableLinks> {
  const me = identity ?? (await untilDone('join the mesh', log, () => joinAs(name, config, log)))
  const bus = await connectBus({ url: config.natsUrl, identity: me, holder: `${name}-${String(process.pid)}`, log })
  const gate = httpsGate({ url: config.urls.accesspoint, identity: me })
  const servers: RpcServer[] = []
  return {
    identity: me,
    bus,
    gate,
    calls: networkCalls({ identity: me, urls: config.urls }),
    serve: async (_: ServiceName, routes: CallRoutes) => {
      servers.push(await startRpcServer({ listen: config.listen, identity: me, routes }))
    },
    close: async () => {
      await Promise.all(servers.map((server) => server.stop()))
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

/** Tries until it is done: the parts of a mesh start in any order. What can never be done is thrown. */
async function untilDone<T>(what: string, log: Logger, attempt: () => Promise<T>): Promise<T> {
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 3_000)) {
    try {
      return await attempt()
    } catch (error) {
      if (error instanceof Never) throw error
      log.info({ reason: describeError(error), againInMs: waitMs }, `can not ${what} yet`)
      await wait(waitMs)
    }
  }
}
