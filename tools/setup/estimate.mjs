/** Seconds left of work whose done share is known: measured speed counts the more, the more is done. */
export function estimateLeft({ share, elapsed, expected }) {
  const bounded = Math.min(1, Math.max(0, share))
  const measured = bounded > 0 ? (elapsed * (1 - bounded)) / bounded : expected
  const byPlan = expected * (1 - bounded)
  const trust = Math.min(1, bounded * 4)
  return measured * trust + byPlan * (1 - trust)
}
