import { annotations } from '../../application/policy'
import type { EndOfLook, Work } from '../work'

/** An Application that people froze is left alone, its status included. */
export async function respectFreeze(work: Work): Promise<EndOfLook | undefined> {
  return work.application.annotations[annotations.skipReconcile] === 'true' ? 'silent' : undefined
}

/** An Application that another installation claims is driven by that one alone. */
export async function respectClaim(work: Work): Promise<EndOfLook | undefined> {
  const claim = work.application.annotations[annotations.installation]
  const { installation } = work.settings
  if (claim === undefined || claim === '' || claim === installation) return undefined
  const message = `installation ${claim} drives this application, this one is ${installation}; remove the annotation ${annotations.installation} to hand it over`
  work.conditions.set('InstallationWarning', message)
  await work.account.noteDecision('left alone', message, 0)
  return 'report'
}
