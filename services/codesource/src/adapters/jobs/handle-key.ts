import { withSpan, withTraceparent } from '@k8or/telemetry'
import { unfollowed, type Agenda } from '../../domain/agenda/agenda'
import type { Followed } from '../../domain/repository/followed'
import type { Hints } from '../../domain/revision/hints'
import type { Observing } from '../../domain/revision/observing'
import type { Signals } from '../../signals'

/** What looking at keys needs. */
export interface LookParts {
  readonly agenda: Agenda
  readonly followed: Followed
  readonly hints: Hints
  readonly observing: Observing
  readonly mirrors: { tidy(token: string, signal: AbortSignal): Promise<void> }
  readonly signals: Signals
}

/** Looks at one repository, in the trace of whoever asked for it last. */
export async function handleKey(parts: LookParts, key: string, signal: AbortSignal): Promise<void> {
  const { agenda, followed, hints, observing, mirrors, signals } = parts
  if (key === unfollowed) return observing.settleUnfollowed()
  const url = followed.repository(key)?.url
  if (url === undefined) return
  const look = () => signals.looked(() => observing.look(key, signal))
  await withTraceparent(hints.traceparentOf(key), () =>
    withSpan('look at repository', { 'k8or.repository': url }, look),
  )
  await agenda.looked(key)
  await mirrors.tidy(key, signal)
}
