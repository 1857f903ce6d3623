import type { HistoryEntry } from '../application/application-status'

/** Which release somebody wants back: by its number, by the id of an entry of the history, or the last good one. */
export interface WantedRelease {
  readonly release: number
  readonly historyId: number | undefined
}

/** The release to go back to, or why there is none; `present` is the one that was applied, or tried, last. */
export function chooseRelease(
  { release, historyId }: WantedRelease,
  history: readonly HistoryEntry[],
  present: number,
): number | { readonly problem: string } {
  if (release > 0) return release
  return historyId === undefined ? lastGood(history, present) : ofEntry(history, historyId)
}

/** The newest that was applied with success before the present one: a later one was left on purpose. */
function lastGood(history: readonly HistoryEntry[], present: number): number | { readonly problem: string } {
  const earlier = history.findLast((entry) => (entry.release ?? 0) > 0 && (entry.release ?? 0) < present)
  if (earlier?.release !== undefined) return earlier.release
  return { problem: `no release before ${present} was applied with success; name one with --release` }
}

function ofEntry(history: readonly HistoryEntry[], id: number): number | { readonly problem: string } {
  const entry = history.find((one) => one.id === id)
  if (entry?.release !== undefined && entry.release > 0) return entry.release
  if (entry) return { problem: `entry ${id} of its history is from before the mesh came and has no release` }
  const ids = history.map((one) => one.id).join(', ')
  return { problem: `its history has no entry ${id}; there are ${ids === '' ? 'none' : ids}` }
}
