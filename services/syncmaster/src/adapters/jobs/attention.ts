import { JobMarks, KeyTraces, type PartitionedJobs } from '@k8or/jobs'
import type { Application } from '../../domain/application/application'
import { allGoingTo, type DestinationCluster } from '../../domain/project/destination'

/** Collects what deserves a look, from facts, watches and waits, and hands it to the jobs. */
export class Attention extends JobMarks {
  readonly #traces = new KeyTraces()
  #applications: () => readonly Application[] = () => []

  /** Begins to hand keys on; what came before is found by the full pass over every bucket that is gained. */
  begin(jobs: PartitionedJobs, applications: () => readonly Application[]): void {
    this.join(jobs)
    this.#applications = applications
  }

  /** Something happened to an application; the trace of what happened goes on with what is done about it. */
  consider(application: string): void {
    this.#traces.keep(application)
    this.mark(application)
  }

  /** Something happened to a cluster, or to all: it answers again, an emergency stop began or is over. */
  considerCluster(cluster: DestinationCluster | 'all' | undefined): void {
    for (const { uid } of allGoingTo(cluster, this.#applications())) this.mark(uid)
  }

  /** Handles an application in the trace of what happened to it. */
  traced(application: string, handle: () => Promise<void>): Promise<void> {
    return this.#traces.traced(application, handle)
  }
}
