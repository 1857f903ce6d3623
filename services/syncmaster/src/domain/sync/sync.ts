import { describeError, Later } from '@k8or/outcome'
import { RefusedError } from '../cluster/clusters'
import { TerminatedError } from './apply-changes'
import { announceDeclaration } from './steps/announce-declaration'
import { carryOut } from './steps/carry-out'
import { decide } from './steps/decide'
import { deleteApplication } from './steps/delete-application'
import { endTerminated } from './steps/end-terminated'
import { noteDecision } from './steps/note-decision'
import { confirmChanges, plan } from './steps/plan'
import { readLive } from './steps/read-live'
import { readDesired, readRelease } from './steps/read-release'
import { relearn } from './steps/relearn'
import { report } from './steps/report'
import { resolveTarget } from './steps/resolve-target'
import { respectHold } from './steps/respect-hold'
import { respectClaim, respectFreeze } from './steps/respect-others'
import type { EndOfLook, Work } from './work'

type Step = (work: Work) => Promise<EndOfLook | undefined>

/** One look at one application, from its declaration to its status. Every step may be repeated. */
const steps: readonly Step[] = [
  announceDeclaration,
  respectFreeze,
  respectClaim,
  respectHold,
  deleteApplication,
  endTerminated,
  resolveTarget,
  readRelease,
  readDesired,
  readLive,
  relearn,
  plan,
  confirmChanges,
  decide,
  noteDecision,
  carryOut,
]

/**
 * Takes the steps, then tells the status.
 * @throws Later when the world did not let it finish
 */
export async function reconcile(work: Work): Promise<void> {
  const stopped = await takeSteps(work)
  if (stopped === 'silent') return
  await report(work)
  await work.settleWrites()
  if (work.lookAgain) await work.ports.marks.later(work.uid, work.lookAgain.delayMs, work.lookAgain.reason)
}

async function takeSteps(work: Work): Promise<EndOfLook | undefined> {
  try {
    const stopped = await untilStopped(work)
    work.memory.troubles = 0
    return stopped
  } catch (error) {
    return await troubled(work, error)
  }
}

async function untilStopped(work: Work): Promise<EndOfLook | undefined> {
  for (const step of steps) {
    const stop = work.holdsLease() ? await step(work) : 'silent'
    if (stop) return stop
  }
  return undefined
}

/** Who is asked on the way is there again soon, as a rule. */
function troubleWaitMs(before: number): number {
  return Math.min(5000, 250 * 2 ** before)
}

/** A call that was refused while comparing is told in the status; trouble on the way is tried again as well. */
async function troubled(work: Work, error: unknown): Promise<EndOfLook> {
  if (error instanceof TerminatedError) {
    // What was applied is stored, so that the end can tell of it.
    await work.settleWrites()
    work.ports.marks.mark(work.uid)
    return 'silent'
  }
  // Somebody newer acts for this application: whatever is to be done, they do.
  if (error instanceof RefusedError && error.isFenced) return 'silent'
  if (!(error instanceof RefusedError) && !(error instanceof Later)) throw error
  if (work.signal.aborted) throw error
  const delayMs = error instanceof Later ? (error.delayMs ?? troubleWaitMs(work.memory.troubles)) : 60_000
  work.memory.troubles += 1
  work.lookAgain = { delayMs, reason: 'the look failed' }
  return work.unknown('ComparisonError', describeError(error))
}
