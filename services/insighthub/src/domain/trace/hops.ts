import type { IndexedFact } from './indexed-fact'
import { summarize } from './summarize'

/** One step of a deployment. */
export interface Hop {
  readonly fact: string
  readonly service: string
  readonly time: string
  readonly sinceStartMs: number
  readonly sincePreviousMs: number
  readonly summary: string
  readonly id: string
  readonly causes: readonly string[]
  readonly actor: string
  readonly application: string
  readonly cluster: string
}

/** The way of a deployment. */
export interface Trace {
  readonly hops: readonly Hop[]
  readonly correlationId: string
  readonly traceId: string
}

/** Facts of one millisecond are told in the order in which a deployment goes. */
const way = [
  ...['delivery', 'image.built', 'tag', 'image.considered', 'commit', 'revision', 'release'],
  ...['rollback.started', 'sync.planned', 'sync.started', 'access', 'sync.finished', 'rollback.finished', 'health'],
]
const mostCalls = 10

/** Puts the facts of a deployment in order, each with its time. Calls to the cluster beyond the first ten are one hop. */
export function assembleTrace(facts: readonly IndexedFact[]): Trace {
  const ordered = facts.toSorted(
    (one, other) => one.time - other.time || step(one) - step(other) || one.sequence - other.sequence,
  )
  const calls = ordered.filter(({ fact }) => fact === 'access.recorded')
  const hidden = new Set(calls.slice(mostCalls - 1, -1))
  const shown = ordered.filter((fact) => !hidden.has(fact))
  const names = new Map(
    facts
      .filter(({ applicationName }) => applicationName !== '')
      .map((fact) => [fact.application, fact.applicationName]),
  )
  const hops = shown.map((fact, at) => ({
    ...hopOf(fact, shown[0] ?? fact, shown[at - 1] ?? fact),
    // A record of a call names its application by uid alone.
    application: names.get(fact.application) ?? '',
  }))
  const marked = hops.map((hop) => (hidden.size > 0 && hop.id === calls.at(-1)?.id ? withMore(hop, hidden.size) : hop))
  const traceparent = ordered.find((fact) => fact.traceparent !== '')?.traceparent ?? ''
  return { hops: marked, correlationId: ordered[0]?.correlationId ?? '', traceId: traceparent.split('-')[1] ?? '' }
}

function step({ fact }: IndexedFact): number {
  const at = way.findIndex((prefix) => fact.startsWith(prefix))
  return at < 0 ? way.length : at
}

function hopOf(fact: IndexedFact, first: IndexedFact, previous: IndexedFact): Omit<Hop, 'application'> {
  const { time, owner, id, causes, actor, cluster } = fact
  return {
    fact: fact.fact,
    service: owner,
    time: new Date(time).toISOString(),
    sinceStartMs: time - first.time,
    sincePreviousMs: time - previous.time,
    summary: summarize(fact),
    id,
    causes,
    actor,
    cluster,
  }
}

function withMore(hop: Hop, more: number): Hop {
  return { ...hop, summary: `${hop.summary}, and ${more} calls before it` }
}
