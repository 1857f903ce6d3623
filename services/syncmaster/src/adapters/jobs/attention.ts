import { JobMarks, type PartitionedJobs } from '@k8or/jobs'
import { currentTraceparent } from '@k8or/telemetry'
import type { Application } from '../../domain/application/application'
import { allGoingTo, type DestinationCluster } from '../../domain/project/destination'

/** Collects what deserves a look, from facts, watches and waits, and hands it to the jobs. */
export class Attention extends JobMarks {
  readonly #traces = new Map<string, string>()
  #applications: () => readonly Application[] = () => []

  /** Begins to hand keys on; what came before is found by the full pass over every bucket that is gained. */
  begin(jobs: PartitionedJobs, applications: () => readonly Application[]): void {
    this.join(jobs)
    this.#applications = applications
  }

  /** Something happened to an application; the trace of what happened goes on with what is done about it. */
  consider(application: string): void {
    const trace = currentTraceparent()
    if (trace !== undefined) this.#traces.set(application, trace)
    this.mark(application)
  }

  /** Something happened to a cluster, or to all: it answers again, an emergency stop began or is over. */
  considerCluster(cluster: DestinationCluster | 'all' | undefined): void {
    for (const { uid } of allGoingTo(cluster, this.#applications())) this.mark(uid)
  }

  /** The trace in which an application is looked at; once. */
  takeTrace(application: string): string | undefined {
    const trace = this.#traces.get(application)
    this.#traces.delete(application)
    return trace
  }
}
