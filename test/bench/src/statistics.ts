/** Median, tail and spread of figures of one kind. */
export interface Summary {
  readonly runs: number
  readonly min: number
  readonly p50: number
  readonly p95: number
  readonly max: number
}

/** Sums up figures; there must be at least one. */
export function summarize(figures: readonly number[]): Summary {
  const sorted = [...figures].sort((a, b) => a - b)
  return {
    runs: sorted.length,
    min: at(sorted, 0),
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    max: at(sorted, sorted.length - 1),
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return at(sorted, Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1))
}

function at(sorted: readonly number[], index: number): number {
  const figure = sorted[index]
  if (figure === undefined) throw new Error('no figures to sum up')
  return figure
}
