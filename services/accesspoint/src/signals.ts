import { withoutPassword, type ServiceName, type StopRecord } from '@k8or/contracts'
import { metrics, type Logger } from '@k8or/telemetry'
import type { BadClusterSecretError } from './adapters/kubernetes/cluster-secret'
import type { GateCall } from './domain/answer/gate-call'
import { describeUnreachable, type ClusterEntry } from './domain/routing/clusters'

const calls = metrics.counter('k8or_gate_calls_total', 'Calls at the gate, by caller, method and status')
const durations = metrics.histogram(
  'k8or_gate_call_seconds',
  'Time until a cluster began to answer',
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
)
const strangers = metrics.counter('k8or_gate_strangers_total', 'Callers that were turned away unknown')
const signed = metrics.counter('k8or_certificates_signed_total', 'Certificates signed, by service and proof')

/** What AccessPoint tells of itself: one function for each event. */
export class Signals {
  constructor(private readonly log: Logger) {}

  callAnswered({ caller, method }: GateCall, status: number, seconds: number): void {
    const who = caller.kind === 'service' ? caller.service : 'person'
    calls.add({ caller: who, method, status: String(status) })
    durations.observe(seconds, { method })
  }

  callRefused({ caller, method, cluster, target }: GateCall, status: number, message: string): void {
    const fields = { caller: caller.id, method, cluster, path: target.split('?')[0], status }
    // That a cluster is away is told once, when it is seen.
    if (status === 429 || status >= 500) this.log.debug(fields, message)
    else this.log.warn(fields, message)
  }

  strangerRefused(method: string, reason: string): void {
    strangers.add()
    this.log.warn({ method, reason: reason.trim() }, 'turned a stranger away')
  }

  clusterReachable({ name, server }: ClusterEntry, version: string): void {
    this.log.info({ cluster: name, server, version }, 'the cluster answers')
  }

  clusterUnreachable(entry: ClusterEntry, reason: string): void {
    this.log.warn({ cluster: entry.name, server: entry.server, reason }, describeUnreachable(entry, reason))
  }

  clusterSecretBroken({ secret, field, declared, message }: BadClusterSecretError): void {
    this.log.warn(
      { object: `Secret ${secret}`, field, cluster: declared.name, server: withoutPassword(declared.server) },
      message,
    )
  }

  certificateSigned(service: ServiceName, by: 'token' | 'certificate'): void {
    signed.add({ service, by })
    this.log.info({ service, by }, 'signed a certificate')
  }

  signingRefused(service: string, reason: string): void {
    this.log.warn({ service: service.slice(0, 40), reason }, 'refused to sign a certificate')
  }

  stopRaised({ cluster, actor, reason }: StopRecord): void {
    this.log.warn({ cluster: cluster === '' ? '(all)' : cluster, actor, reason }, 'an emergency stop was raised')
  }

  stopLifted({ cluster }: StopRecord, by: { readonly actor: string; readonly reason: string }): void {
    this.log.warn({ cluster: cluster === '' ? '(all)' : cluster, ...by }, 'an emergency stop was lifted')
  }

  /** The bus had lost its row. */
  stopRestored({ cluster, actor, reason }: StopRecord): void {
    const which = { cluster: cluster === '' ? '(all)' : cluster, actor, reason }
    this.log.warn(which, 'an emergency stop was lost with the bus, and is recorded again from its copy on the hub')
  }

  /** There is no other in the folder: what one before had not shipped is lost. */
  chainBegun(replica: string): void {
    this.log.info({ replica }, 'a new chain of access records begins')
  }

  trouble(what: string, error: unknown): void {
    this.log.warn({ err: error }, what)
  }
}
