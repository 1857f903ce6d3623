import { hubCluster, sha256 } from '@k8or/contracts'
import type { Clusters } from '@k8or/cluster-client'
import { describeError } from '@k8or/outcome'
import type { Logger } from '@k8or/telemetry'
import type { Application } from '../../domain/application/application'
import { TokenBuckets } from '../../domain/drift/token-bucket'

/** Events per Application: 20 at once, then one in 10 s. What is more is in the facts. */
const allowance = { burst: 20, refillMs: 10_000 }
/** Events of all Applications: when hundreds change in one moment, the hub has better things to do. */
const allowanceOfAll = { burst: 50, refillMs: 50 }
const component = 'k8or-syncmaster'
const longestMessage = 1024

/** Leaves Kubernetes Events on Applications, for `kubectl describe`. They are told in passing: nobody waits for them. */
export class HubEvents {
  readonly #buckets = new TokenBuckets(allowance)
  readonly #all = new TokenBuckets(allowanceOfAll)
  #count = 0

  constructor(
    private readonly clusters: Clusters,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {}

  record(application: Application, event: { reason: string; message: string; isWarning?: boolean }): void {
    if (this.signal.aborted || !this.#mayTell(application.uid, Date.now())) return
    const object = this.#eventOf(application, event)
    this.clusters.create(hubCluster.name, object, { signal: this.signal }).catch((error: unknown) => {
      this.log.debug({ application: application.name, reason: describeError(error) }, 'an Event was not stored')
    })
  }

  #mayTell(application: string, now: number): boolean {
    return this.#buckets.take(application, now) === 0 && this.#all.take('all', now) === 0
  }

  #eventOf(application: Application, event: { reason: string; message: string; isWarning?: boolean }) {
    const now = new Date()
    const time = `${now.toISOString().slice(0, 19)}Z`
    const name = `${application.name}.${sha256(`${application.uid} ${now.getTime()} ${this.#count++}`).slice(0, 16)}`
    const { namespace, uid, resourceVersion } = application
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: {
        ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
        ...{ namespace, name: application.name, uid, resourceVersion },
      },
      reason: event.reason,
      message: event.message.slice(0, longestMessage),
      type: event.isWarning ? 'Warning' : 'Normal',
      ...{ firstTimestamp: time, lastTimestamp: time, count: 1 },
      source: { component },
      reportingComponent: component,
    }
  }
}
