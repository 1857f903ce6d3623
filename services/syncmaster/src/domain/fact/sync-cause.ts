import type { Cause, RollbackFact, SyncFact } from './announcer'
import type { SyncPointer } from '../sync/sync-pointer'
import { needed, type Work } from '../sync/work'

/** The facts of a sync follow from the release, and from whoever asked for it. */
export function causeOf(work: Work, actor = actorOf(work)): Cause {
  const release = needed(work.release)
  return {
    application: release.application,
    token: work.token,
    causes: [release.factId],
    correlationId: release.correlationId,
    actor,
  }
}

export function actorOf(work: Work): string {
  const username = work.application.operation?.initiatedBy?.username
  return username ? `user:${username}` : 'policy:automated'
}

export function revisionsOf(work: Work): string[] {
  return needed(work.release).sources.map((source) => source.revision)
}

export function syncFact(work: Work, { sync, release }: SyncPointer): SyncFact {
  return { sync, release, cluster: needed(work.cluster).name }
}

export function rollbackFact(work: Work, { rollback, release }: SyncPointer): RollbackFact | undefined {
  return rollback && { sync: rollback.sync, release, from: rollback.from, cluster: needed(work.cluster).name }
}
