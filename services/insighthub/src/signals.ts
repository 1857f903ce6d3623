import type { FactDraft, HealthChanged } from '@k8or/contracts'
import type { JobFailure } from '@k8or/jobs'
import { createLogger, metrics } from '@k8or/telemetry'

const log = createLogger('insighthub')
const verdicts = metrics.counter('k8or_insighthub_verdicts_total', 'health facts announced, by status')
const failures = metrics.counter(
  'k8or_insighthub_verdict_failures_total',
  'verdicts that could not be written and are tried again',
)
const troubles = metrics.counter('k8or_insighthub_watch_troubles_total', 'breaks of watches, by cluster')

/** What happens here, as counter and log line together. */
export const signals = {
  announced({ data }: FactDraft<HealthChanged>): void {
    verdicts.add({ status: data.health.status })
    const { application, cluster, health, previous, objects } = data
    const fields = {
      application: application.uid,
      name: application.name,
      cluster,
      health,
      previous: previous?.status,
      objects: objects.length,
    }
    log.info(fields, 'health changed')
  },

  announceFailed(application: string, failure: Pick<JobFailure, 'reason'>): void {
    failures.add()
    log.warn({ application, ...failure }, 'health could not be announced, trying again')
  },

  watchTroubled(cluster: string, kind: { group: string; kind: string }, reason: string): void {
    troubles.add({ cluster })
    log.warn({ cluster, group: kind.group, kind: kind.kind, reason }, 'a watch is broken, trying again')
  },

  announcedAgain(fact: string): void {
    log.info({ fact }, 'a health fact was written but not announced before the restart, announcing it')
  },

  lost(stream: string, gaps: readonly string[]): void {
    log.error({ stream, gaps }, 'a stream was made anew: the index of it is built again, history before it is lost')
  },

  trimmed(facts: number): void {
    log.info({ facts }, 'old facts were removed from the index')
  },

  indexed(facts: number, records: number): void {
    log.info({ facts, records }, 'the index is up to date')
  },
}
