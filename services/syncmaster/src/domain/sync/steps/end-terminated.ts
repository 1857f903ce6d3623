import { terminationOf } from '../../application/termination'
import { readDestination } from '../../project/destination'
import { endAbandoned } from '../end-abandoned'
import { isOver, type SyncPointer } from '../sync-pointer'
import type { EndOfLook, Work } from '../work'

const message = 'Operation terminated'

/** Ends an operation that somebody does not want any more, also one that nothing could go on with now. */
export async function endTerminated(work: Work): Promise<EndOfLook | undefined> {
  const asked = terminationOf(work.application)
  if (!asked) return undefined
  const last = work.account.sync
  if (last && !isOver(last)) await end(work, last, asked.actor)
  // Told once more after a crash.
  const ended = work.account.sync
  const isAbout = ended?.terminatedBy !== undefined && ended.operation === work.operationDigest
  work.ended = isAbout ? ended : undefined
  await work.account.noteDecision('terminated', `${message} by ${asked.actor}`, last?.release ?? 0)
  work.isWaiting = true
  // The rest of a look is due, and what is written now is no news to the watch.
  work.ports.marks.mark(work.uid)
  return 'report'
}

async function end(work: Work, last: SyncPointer, actor: string): Promise<void> {
  const finishedAt = work.now.toISOString()
  // What waits for its next try has told of its end already.
  if (last.phase === 'Running') await endAbandoned(work, last, { message, actor, cluster: await clusterOf(work) })
  await work.account.saveSync({ ...last, phase: 'Failed', message, finishedAt, nextAt: '', terminatedBy: actor })
}

async function clusterOf(work: Work): Promise<string> {
  const destination = readDestination(work.application.spec.destination)
  const cluster = 'problem' in destination ? destination : await work.ports.targets.resolve(destination, work.signal)
  return 'problem' in cluster ? '' : cluster.name
}
