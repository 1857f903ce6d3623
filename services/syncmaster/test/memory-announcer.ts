import type { SyncAnnouncer } from '../src/domain/fact/announcer'
import { driftDetectedId } from '../src/domain/fact/fact-ids'

/** What facts are handed to. */
export interface FactsTaken {
  /** Answers whether it is new. */
  say(id: string, data: unknown): Promise<boolean>
  /** On whose behalf a sync ended. */
  onEnd(sync: string, actor: string): void
}

/** Tells facts by ids that say what they are of. */
export function memoryAnnouncer({ say, onEnd }: FactsTaken): SyncAnnouncer {
  const said = async (id: string, data: unknown): Promise<void> => {
    await say(id, data)
  }
  return {
    declared: (record, version) => said(`declared/${version}`, record),
    removed: (record) => said('removed', record),
    planned: (_, sync, counts) => said(`planned/${sync.sync}`, counts),
    started: (_, sync, how) => said(`started/${sync.sync}`, how),
    finished: ({ actor }, sync, outcome) => {
      onEnd(sync.sync, actor)
      return say(`finished/${sync.sync}`, outcome)
    },
    rollbackStarted: (_, rollback, how) => said(`rollback-started/${rollback.sync}`, { ...rollback, ...how }),
    rollbackFinished: (_, rollback, outcome) => said(`rollback-finished/${rollback.sync}`, { ...rollback, ...outcome }),
    driftDetected: (cause, drift, how) => said(driftDetectedId(cause.application.uid, drift), how),
    driftRepaired: (_, drift, detected) => said(`repaired/${detected}`, drift),
  }
}
