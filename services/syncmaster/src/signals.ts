import { metrics, type Logger } from '@k8or/telemetry'
import type { Signals } from './domain/ports'

const syncs = metrics.counter('k8or_syncs_total', 'Syncs that ended, by phase and trigger')
const durations = metrics.histogram('k8or_sync_seconds', 'Time from the start of a sync to its end', [
  ...[0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
])
const heals = metrics.counter('k8or_heals_total', 'Drifted objects that were put back, or could not be')
const conditions = metrics.counter('k8or_application_conditions_total', 'Conditions that came up, by type')

/** What SyncMaster tells of itself: one function for each event. */
export function createSignals(log: Logger): Signals {
  return {
    syncEnded({ application, sync, cluster, phase, trigger, message, changed, seconds, isRepeated }) {
      syncs.add({ phase, trigger })
      durations.observe(seconds)
      const fields = { application, sync, cluster, trigger, changed, ms: Math.round(seconds * 1000) }
      if (phase === 'Succeeded') log.info(fields, 'synced')
      else if (isRepeated) log.debug({ ...fields, phase }, message)
      else log.warn({ ...fields, phase }, message)
    },

    objectFailed({ application, cluster, message }) {
      log.warn({ application, cluster }, message)
    },

    healed({ application, cluster, object, failure }) {
      heals.add({ result: failure === undefined ? 'repaired' : 'failed' })
      if (failure === undefined) log.info({ application, cluster, object }, 'drift repaired')
      else log.warn({ application, cluster, object }, failure)
    },

    healUntold({ application, message }) {
      log.warn({ application }, `a heal could not be told of: ${message}`)
    },

    conditionCame({ application, type, message, isTold }) {
      conditions.add({ type })
      if (!isTold) log.warn({ application, condition: type }, message)
    },
  }
}
