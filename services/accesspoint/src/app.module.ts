import { Module, type DynamicModule } from '@nestjs/common'
import type { Gate } from '@k8or/cluster-client'
import { rpcHandler } from '@k8or/rpc'
import { buildService, type Links, type ServiceApp } from '@k8or/shell'
import { createLogger } from '@k8or/telemetry'
import { StopJournal } from './adapters/audit/stop-journal'
import { JoinTokens } from './adapters/credentials/join-tokens'
import { Signer } from './adapters/credentials/signer'
import type { RequestHandler, TlsServer } from './adapters/http/tls-server'
import { RecordedStops } from './adapters/jetstream/recorded-stops'
import { ClusterWatch } from './adapters/kubernetes/cluster-watch'
import { Hub } from './adapters/kubernetes/hub'
import { PullSecrets } from './adapters/kubernetes/pull-secrets'
import { CertificatesAnswers } from './adapters/rpc/certificates'
import { ClustersAnswers } from './adapters/rpc/clusters'
import { SettingsAnswers } from './adapters/rpc/settings'
import { StopsAnswers } from './adapters/rpc/stops'
import { compose, createListeners, observeClusters, type Parts } from './compose'
import type { Config } from './config'
import { Signals } from './signals'

/** AccessPoint, and the road to the clusters for those who share its process. */
export interface AccessPointApp extends ServiceApp {
  /** The gate for a service of the same process, known by its identity. Guarded as over the network. */
  gate(peer: { readonly spiffeId: string }): Gate
}

/** How AccessPoint differs from what its settings say. */
export interface Overrides {
  /** All services share a process: they are to find AccessPoint's calls through the links. */
  readonly isInProcess?: boolean
}

@Module({})
class AccessPointModule {}

const name = 'accesspoint'

/** Builds AccessPoint from its settings and its links to the mesh. It opens its listeners itself: its callers come by three doors. */
export async function createApp(config: Config, links: Links, overrides: Overrides = {}): Promise<AccessPointApp> {
  const log = createLogger(name)
  const parts = await compose(config, links, new Signals(log))
  const ending = new AbortController()
  const listeners: TlsServer[] = []
  const serve: Links['serve'] = async (service, routes) => {
    listeners.push(...createListeners(parts, rpcHandler(routes) as unknown as RequestHandler))
    for (const listener of listeners) await listener.listen()
    if (overrides.isInProcess) await links.serve(service, routes)
  }
  const app = await buildService({
    name,
    log,
    links: { ...links, serve },
    module: moduleOf(parts),
    onStart: async () => observeClusters(parts, ending.signal),
    onStop: async () => {
      ending.abort()
      await Promise.all(listeners.map((listener) => listener.close()))
      await parts.watch.close()
      await parts.states.settle()
      await parts.audit.close()
    },
    missing: () => missing(parts),
  })
  return { ...app, gate: parts.gate }
}

function missing({ hub, fences, stops }: Parts): string[] {
  return [
    ...hub.missing().map((kind) => `the hub's ${kind} were not read yet`),
    ...(fences.knowsOwners ? [] : ['who owns which applications was not read yet']),
    ...(stops.stops.areKnown ? [] : ['whether an emergency stop stands was not read yet']),
  ]
}

function moduleOf({ hub, pullSecrets, watch, signer, tokens, stops, journal, signals }: Parts): DynamicModule {
  return {
    module: AccessPointModule,
    providers: [
      ...[CertificatesAnswers, ClustersAnswers, SettingsAnswers, StopsAnswers],
      { provide: Hub, useFactory: () => hub },
      { provide: PullSecrets, useFactory: () => pullSecrets },
      { provide: ClusterWatch, useFactory: () => watch },
      { provide: Signer, useFactory: () => signer },
      { provide: JoinTokens, useFactory: () => tokens },
      { provide: RecordedStops, useFactory: () => stops },
      { provide: StopJournal, useFactory: () => journal },
      { provide: Signals, useFactory: () => signals },
    ],
  }
}
