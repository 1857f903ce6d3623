import type { IndexedFact } from '../trace/indexed-fact'

/** What a deployment passes, in this order; not every one passes all. */
export const milestones = [
  'received',
  'built',
  'committed',
  'observed',
  'released',
  'planned',
  'applied',
  'healthy',
] as const
export type Milestone = (typeof milestones)[number]

/** When a deployment passed what, in milliseconds since 1970. */
export type Passed = Partial<Record<Milestone, number>>

/** One release of one application on its way to its cluster. */
export interface Deployment {
  readonly cluster: string
  readonly passed: Passed
}

/** A fact about an application in a few words, all of them in the index that it is found by. */
export type Step = Pick<IndexedFact, 'fact' | 'time' | 'cluster' | 'release' | 'outcome'>

/** A fact with what it follows from. */
export type Link = Pick<IndexedFact, 'id' | 'fact' | 'time' | 'application' | 'release' | 'causes'>

/** The index, as far as lead times are read from it. */
export interface LeadFacts {
  /** The newest facts of a name about an application since then, the oldest first. */
  newestLinks(application: string, fact: string, since: number, atMost: number): Link[]
  /** Facts of these names about an application since then, the oldest first. */
  steps(application: string, facts: readonly string[], since: number): Step[]
  linksByIds(ids: readonly string[]): Link[]
}
