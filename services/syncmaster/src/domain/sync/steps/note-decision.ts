import type { Decision } from '../decide'
import { needed, type Stop, type Work } from '../work'

const words: Record<Decision['kind'], string> = {
  sync: 'syncs',
  heal: 'heals',
  wait: 'waits',
  probe: 'gave up',
  refuse: 'refused',
  rest: 'rests',
}

/** Notes what was decided, for whoever asks why. */
export async function noteDecision(work: Work): Promise<Stop | undefined> {
  const { kind, reason } = needed(work.decision)
  work.write(work.account.noteDecision(words[kind], reason, needed(work.release).release))
  return undefined
}
