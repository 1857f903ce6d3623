import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClusters, type Clusters, type Gate } from '@k8or/cluster-client'
import { hubCluster } from '@k8or/contracts'
import { hostAndPort, type Links } from '@k8or/shell'
import { openAudit } from './adapters/audit/open-audit'
import { recordOutside } from './adapters/audit/record-outside'
import { StopJournal } from './adapters/audit/stop-journal'
import { JoinTokens } from './adapters/credentials/join-tokens'
import { Signer } from './adapters/credentials/signer'
import type { AnswerCall } from './adapters/http/cluster-route'
import { meshListener } from './adapters/http/mesh-listener'
import { peopleListener } from './adapters/http/people-listener'
import type { RequestHandler } from './adapters/http/tls-server'
import { ClusterStates } from './adapters/jetstream/cluster-states'
import { watchLeases } from './adapters/jetstream/lease-watch'
import { RecordedStops } from './adapters/jetstream/recorded-stops'
import { AccountTokens } from './adapters/kubernetes/account-tokens'
import { ClusterWatch } from './adapters/kubernetes/cluster-watch'
import { Hub } from './adapters/kubernetes/hub'
import { hubCredentials } from './adapters/kubernetes/hub-credentials'
import { PullSecrets } from './adapters/kubernetes/pull-secrets'
import { HubStops } from './adapters/kubernetes/stop-copies'
import { watchHub } from './adapters/kubernetes/watch-hub'
import { inProcessGate } from './adapters/in-process/in-process-gate'
import { observed } from './adapters/telemetry/observed-answer'
import type { Config } from './config'
import { answerCall } from './domain/answer/answer-call'
import { Fences } from './domain/fence/fences'
import { Turns } from './domain/fence/turns'
import type { Audit } from './domain/ports'
import { Stops } from './domain/stop/stops'
import type { Signals } from './signals'

/** AccessPoint's parts, joined. */
export type Parts = Awaited<ReturnType<typeof compose>>

/** Joins the parts of AccessPoint; nothing is opened yet but the access records. */
export async function compose(config: Config, { bus, identity, calls }: Links, signals: Signals) {
  const fences = new Fences()
  const audit = auditOf(config, bus, signals)
  const states = new ClusterStates(bus, () => new Date(), signals)
  const watch = new ClusterWatch({
    onState: (entry, state) => {
      states.observe(entry, state)
      if (entry.server === hubCluster.server) hub.trouble('hub', state.reachable ? null : new Error(state.reason))
    },
    onRetired: (entry) => states.forget(entry),
  })
  const hub = new Hub({
    controlNamespace: config.controlNamespace,
    credentials: await hubCredentials(config.hubKubeconfig),
    graceMs: config.policyGraceMs,
    now: Date.now,
    onClusters: (clusters) => watch.update(clusters),
    onApplicationGone: (uid) => fences.forget(uid),
    onBadSecret: signals.clusterSecretBroken.bind(signals),
  })
  const standing = new Stops(() => hub.stopCopies)
  const parts = {
    declarations: hub,
    upstreams: watch.connections,
    audit: audit.log,
    fences,
    turns: new Turns(),
    stops: standing,
    now: Date.now,
    onRefused: signals.callRefused.bind(signals),
  }
  const answer: AnswerCall = observed((call) => answerCall(call, parts), signals)
  const gate = (peer: { readonly spiffeId: string }): Gate => inProcessGate(peer, config.trustDomain, answer)
  const own = createClusters(watch.connections.ownGate(() => hub.clusters.byNameOrServer(hubCluster.name)))
  const { controlNamespace: namespace } = config
  const untilRead = (signal: AbortSignal) => hub.untilRead('settings', signal)
  const kept = new HubStops({ clusters: own, cluster: hubCluster.name, namespace, untilRead })
  const stops = new RecordedStops({ bus, stops: standing, kept, signals })
  const people = { stops, journal: new StopJournal(audit.log) }
  return {
    ...{ config, bus, identity, calls, signals, fences, audit, states, watch, hub, own, answer, gate },
    ...people,
    pullSecrets: new PullSecrets(own, hubCluster.name),
    signer: new Signer(config.stateDir, config.trustDomain),
    tokens: joinTokens(config, own),
  }
}

function auditOf({ stateDir, auditMaxBytes: maxBytes }: Config, { publisher }: Links['bus'], signals: Signals) {
  const dir = join(stateDir, 'accesspoint/audit')
  const onTrouble = signals.trouble.bind(signals)
  return openAudit({ dir, maxBytes, publisher, onTrouble, onBegun: signals.chainBegun.bind(signals) })
}

function joinTokens({ stateDir, joinAccounts, trustDomain }: Config, own: Clusters): JoinTokens {
  const further = joinAccounts && new AccountTokens(own, joinAccounts, trustDomain)
  return new JoinTokens(join(stateDir, 'join'), further)
}

/** Begins to read the hub, and to look whether the clusters answer, until the signal aborts. */
export function observeClusters(
  { hub, own, bus, fences, stops, config, states, signals }: Parts,
  signal: AbortSignal,
): void {
  watchHub(own, hubCluster.name, hub, config.controlNamespace, signal)
  watchLeases(bus, (bucket, lease) => fences.noteTenure(bucket, lease), signal)
    .then(() => fences.ownersNoted())
    .catch((error: unknown) => signals.trouble('leases can not be watched: no application can be changed', error))
  stops
    .watch(signal)
    .catch((error: unknown) => signals.trouble('stops can not be watched: no application can be changed', error))
  void forgetRetired(hub, states, signal).catch((error: unknown) =>
    signals.trouble('retired clusters are still recorded', error),
  )
}

async function forgetRetired(hub: Hub, states: ClusterStates, signal: AbortSignal): Promise<void> {
  await hub.untilRead('secrets', signal)
  if (!signal.aborted) await states.keepOnly(hub.clusters.entries.map(({ name }) => name))
}

/** The listeners of the mesh and of people. */
export function createListeners({ config, identity, calls, answer, audit, signals }: Parts, answerRpc: RequestHandler) {
  const stranger = strangerRecorder(audit.log, signals)
  const onError = (error: unknown): void => signals.trouble('a request could not be handled', error)
  const { trustDomain } = config
  const common = { identity, answerCall: answer, onStranger: stranger, onError }
  return [
    meshListener({ ...common, listen: hostAndPort(config.meshListen), trustDomain, answerRpc }),
    peopleListener({
      ...common,
      listen: hostAndPort(config.peopleListen),
      token: () => readToken(join(config.stateDir, 'people/token')),
      forward: (owner, call) => calls.forward(owner, call),
      onPassed: (request) => recordOutside(audit.log, Date.now(), request),
    }),
  ]
}

function strangerRecorder(audit: Audit, signals: Signals) {
  return ({ method, target, reason }: { method: string; target: string; reason: string }): void => {
    signals.strangerRefused(method, reason)
    recordOutside(audit, Date.now(), {
      caller: 'anonymous',
      method,
      target,
      outcome: 'denied',
      rule: 'unauthenticated',
      reason,
      status: 401,
    })
  }
}

function readToken(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
