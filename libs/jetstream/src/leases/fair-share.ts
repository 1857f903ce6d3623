/** Who holds which bucket now; buckets that nobody holds are absent. */
export type Holdings = ReadonlyMap<number, string>

/**
 * Who should hold which bucket: every live holder an equal share, give or take one, moving as few buckets as possible.
 * All holders that see the same holders and holdings come to the same answer.
 */
export function fairShare(buckets: number, holders: readonly string[], holdings: Holdings): Map<number, string> {
  const shares = new Map<number, string>()
  if (holders.length === 0) return shares
  const kept = keptBuckets(buckets, [...new Set(holders)].sort(), holdings)
  const pool = allBuckets(buckets).filter((bucket) => !kept.some(({ own }) => own.includes(bucket)))
  for (const { holder, own, quota } of kept) {
    for (const bucket of [...own, ...pool.splice(0, quota - own.length)]) shares.set(bucket, holder)
  }
  return shares
}

interface Share {
  readonly holder: string
  readonly quota: number
  readonly own: readonly number[]
}

/** What each holder keeps of what it has. Those who have most get the shares that are one larger: less moves. */
function keptBuckets(buckets: number, holders: readonly string[], holdings: Holdings): Share[] {
  const base = Math.floor(buckets / holders.length)
  const larger = buckets % holders.length
  const owned = holders.map((holder) => ({
    holder,
    own: allBuckets(buckets).filter((bucket) => holdings.get(bucket) === holder),
  }))
  return owned
    .toSorted((a, b) => b.own.length - a.own.length || (a.holder < b.holder ? -1 : 1))
    .map(({ holder, own }, rank) => {
      const quota = base + (rank < larger ? 1 : 0)
      return { holder, quota, own: own.slice(0, quota) }
    })
}

function allBuckets(buckets: number): number[] {
  return Array.from({ length: buckets }, (_, bucket) => bucket)
}
