import type { Decision } from '../decide'
import { needed, type EndOfLook, type Work } from '../work'

const words: Record<Exclude<Decision['kind'], 'heal'>, string> = {
  sync: 'syncs',
  wait: 'waits',
  probe: 'gave up',
  refuse: 'refused',
  rest: 'rests',
}

/** Notes what was decided, for whoever asks why. */
export async function noteDecision(work: Work): Promise<EndOfLook | undefined> {
  const decision = needed(work.decision)
  // A heal is noted when it has come to its end: then it can tell what was put back.
  if (decision.kind === 'heal') return undefined
  // What a sync that goes on waits for now comes to light when it is carried out.
  if (decision.kind === 'sync' && decision.resume && work.account.sync?.progress) return undefined
  const { kind, reason } = decision
  work.write(work.account.noteDecision(words[kind], reason, needed(work.release).release))
  return undefined
}
