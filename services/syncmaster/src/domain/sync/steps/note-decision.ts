import type { Decision } from '../decide'
import { needed, type Stop, type Work } from '../work'

const words: Record<Exclude<Decision['kind'], 'heal'>, string> = {
  sync: 'syncs',
  wait: 'waits',
  probe: 'gave up',
  refuse: 'refused',
  rest: 'rests',
}

/** Notes what was decided, for whoever asks why. */
export async function noteDecision(work: Work): Promise<Stop | undefined> {
  const { kind, reason } = needed(work.decision)
  // A heal is noted when it has come to its end: then it can tell what was put back.
  if (kind === 'heal') return undefined
  work.write(work.account.noteDecision(words[kind], reason, needed(work.release).release))
  return undefined
}
