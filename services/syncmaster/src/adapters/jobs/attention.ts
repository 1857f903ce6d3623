import type { PartitionedJobs } from '@k8or/jobs'
import { currentTraceparent } from '@k8or/telemetry'
import type { Application } from '../../domain/application/application'
import type { Marks } from '../../domain/ports'
import { goesTo } from '../../domain/project/destination'

/** Collects what deserves a look, from facts, watches and waits, and hands it to the jobs. */
export class Attention implements Marks {
  #jobs: PartitionedJobs | undefined
  readonly #traces = new Map<string, string>()
  #applications: () => readonly Application[] = () => []

  /** Begins to hand keys on; what came before is found by the full pass over every bucket that is gained. */
  begin(jobs: PartitionedJobs, applications: () => readonly Application[]): void {
    this.#jobs = jobs
    this.#applications = applications
  }

  /** Something happened to an application; the trace of what happened goes on with what is done about it. */
  consider(application: string): void {
    const trace = currentTraceparent()
    if (trace !== undefined) this.#traces.set(application, trace)
    this.#jobs?.mark(application)
  }

  mark(application: string): void {
    this.#jobs?.mark(application)
  }

  async later(application: string, delayMs: number, reason: string): Promise<void> {
    await this.#jobs?.later(application, delayMs, reason)
  }

  /** A cluster answers again: whoever waits for it need not wait longer. */
  considerCluster(cluster: { readonly name: string; readonly server: string } | undefined): void {
    if (!cluster) return
    for (const { uid, spec } of this.#applications()) if (goesTo(spec.destination, cluster)) this.mark(uid)
  }

  /** An emergency stop began or is over on a cluster, or on all. */
  considerStopped(cluster: { readonly name: string; readonly server: string } | undefined): void {
    if (cluster) return this.considerCluster(cluster)
    for (const { uid } of this.#applications()) this.mark(uid)
  }

  /** The trace in which an application is looked at; once. */
  takeTrace(application: string): string | undefined {
    const trace = this.#traces.get(application)
    this.#traces.delete(application)
    return trace
  }
}
