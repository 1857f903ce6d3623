import type { IndexedFact } from './indexed-fact'

/** The index, as far as deployments are looked up in it. Every answer is in the order of the stream. */
export interface FactIndex {
  byIds(ids: readonly string[]): IndexedFact[]
  /** Facts that name one of these as their cause. */
  effectsOf(ids: readonly string[]): IndexedFact[]
  ofImage(image: string): IndexedFact[]
  /** The newest fact of a name about an application. */
  newest(application: string, fact: string): IndexedFact | undefined
  /** Facts that name a commit, which may be shortened. */
  ofCommit(commit: string): IndexedFact[]
  ofSync(sync: string): IndexedFact[]
  /** Facts and access records about one release of an application. */
  ofRelease(application: string, release: number): IndexedFact[]
  /** Facts of a name about an application, in a span of time. */
  during(application: string, fact: string, span: { from: number; to: number }): IndexedFact[]
}
