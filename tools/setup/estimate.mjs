/**
 * Seconds left of work whose done share is known: the plan first, what was measured later. Being slower than planned is
 * believed at once, being faster only as the work proceeds: the easy part often comes first.
 */
export function estimateLeft({ share, elapsed, expected }) {
  const bounded = Math.min(1, Math.max(0, share))
  const measured = bounded > 0 ? (elapsed * (1 - bounded)) / bounded : expected
  const byPlan = expected * (1 - bounded)
  const trust = measured > byPlan ? Math.min(1, bounded * 4) : bounded
  return measured * trust + byPlan * (1 - trust)
}
