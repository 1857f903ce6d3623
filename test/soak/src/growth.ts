/** What a process held at one moment. */
export interface Sample {
  /** Seconds since the start of the soak. */
  readonly at: number
  readonly process: string
  readonly pid: number
  readonly residentMiB: number
  /** With only its share of what it shares with others: what a sum over processes is made of. */
  readonly proportionalMiB: number
  /** Where its descriptors lead. */
  readonly descriptors: readonly string[]
}

/** How the memory of one process has developed over the longest life that it had. */
export interface Growth {
  readonly process: string
  readonly spanSeconds: number
  readonly fromMiB: number
  readonly toMiB: number
  readonly perHourMiB: number
  readonly limitPerHourMiB: number
}

/** A heap breathes by so much, however long one looks; beyond that so much an hour is let pass. */
const breathMiB = 32
const growthPerHourMiB = 32
/** Over less than this a line says nothing. */
const leastSpanSeconds = 30
/** Who has just been started fills its caches. */
const warmUpSeconds = 60

/** Fits a line through the resident memory of each process over its longest life among the samples, when it is warm. */
export function growthOf(samples: readonly Sample[]): Growth[] {
  const processes = Map.groupBy(samples, ({ process }) => process)
  return [...processes].flatMap(([process, of]) => growthOfLife(process, longestLife(of)))
}

/** The limit follows from how long was looked: over half an hour 96 MiB an hour, over five minutes 416. */
export function limitPerHour(spanSeconds: number): number {
  return growthPerHourMiB + breathMiB / (spanSeconds / 3600)
}

/** The descriptors that each process always had, of each kind the fewest: what comes and goes is not counted. */
export function leastDescriptors(samples: readonly Sample[]): Map<string, readonly string[]> {
  const processes = Map.groupBy(samples, ({ process }) => process)
  return new Map(
    [...processes].map(([process, of]) => [process, of.map(({ descriptors }) => descriptors).reduce(common)]),
  )
}

/** What is in both, as often as it is in each. */
function common(left: readonly string[], right: readonly string[]): readonly string[] {
  const kinds = Map.groupBy(right, (kind) => kind)
  return [...Map.groupBy(left, (kind) => kind)].flatMap(([kind, held]) => held.slice(0, kinds.get(kind)?.length ?? 0))
}

function longestLife(samples: readonly Sample[]): readonly Sample[] {
  const lives = [...Map.groupBy(samples, ({ pid }) => pid).values()]
  return lives.reduce((longest, life) => (spanOf(life) > spanOf(longest) ? life : longest))
}

function growthOfLife(process: string, whole: readonly Sample[]): Growth[] {
  const born = whole.at(0)?.at ?? 0
  const life = whole.filter(({ at }) => at >= born + warmUpSeconds)
  const [first, last] = [life.at(0), life.at(-1)]
  const spanSeconds = spanOf(life)
  if (!first || !last || spanSeconds < leastSpanSeconds) return []
  const line = fitLine(life.map(({ at, residentMiB }) => ({ x: at, y: residentMiB })))
  return [
    {
      process,
      spanSeconds,
      fromMiB: line.at(first.at),
      toMiB: line.at(last.at),
      perHourMiB: line.slope * 3600,
      limitPerHourMiB: limitPerHour(spanSeconds),
    },
  ]
}

function spanOf(life: readonly Sample[]): number {
  return (life.at(-1)?.at ?? 0) - (life.at(0)?.at ?? 0)
}

/** A line, its slope per unit of x. */
export interface Line {
  readonly slope: number
  at(x: number): number
}

/** The line with the least squares of distances; flat where all points have one x. */
export function fitLine(points: readonly { readonly x: number; readonly y: number }[]): Line {
  const [meanX, meanY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))]
  const spread = mean(points.map(({ x }) => (x - meanX) ** 2))
  const slope = spread === 0 ? 0 : mean(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / spread
  return { slope, at: (x) => meanY + slope * (x - meanX) }
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length
}
