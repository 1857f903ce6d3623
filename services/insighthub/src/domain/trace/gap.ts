import type { IndexedFact } from './indexed-fact'

/** Facts that there were and that the index no longer holds. */
export interface Gap {
  readonly stream: IndexedFact['stream']
  /** They were old enough, or the stream that held them is gone and another one has its name. */
  readonly cause: 'retention' | 'stream lost'
  /** Milliseconds since 1970: of the first and the last of them, and of when that was noticed. */
  readonly from: number
  readonly until: number
  readonly noticedAt: number
  readonly facts: number
}

/** A gap in words. */
export function describeGap({ stream, cause, from, until, noticedAt, facts }: Gap): string {
  const what = `${String(facts)} facts of ${stream} from ${day(from)} to ${day(until)}`
  if (cause === 'retention') return `${what} are no longer kept in the index`
  return `${what} were lost: at ${day(noticedAt)} the stream was another one`
}

function day(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}
