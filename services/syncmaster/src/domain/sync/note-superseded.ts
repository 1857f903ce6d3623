import { endAbandoned } from './end-abandoned'
import { actorOf } from '../fact/sync-cause'
import type { SyncPointer } from './sync-pointer'
import { needed, type Work } from './work'

/** A sync that did not end, and is not the one to be done any more, ends when the next one begins. */
export function noteSuperseded(work: Work, next: SyncPointer): void {
  const last = work.account.sync
  if (last?.phase !== 'Running' || last.sync === next.sync) return
  const message = next.rollback ? endedByRollback(next.release, next.rollback.reason) : replacedBy(last, next)
  work.write(endAbandoned(work, last, { message, actor: actorOf(work), cluster: needed(work.cluster).name }))
}

function replacedBy(last: SyncPointer, { release }: SyncPointer): string {
  const successor = last.release === release ? 'another operation' : `release ${release}`
  const how = last.message === '' ? 'it was cut off' : `it was ${last.message}`
  return `${successor} took its place while ${how}`
}

function endedByRollback(release: number, reason: string): string {
  return `ended by a rollback to release ${release}${reason === '' ? '' : `: ${reason}`}`
}
