import type { FactIndex } from './fact-index'
import type { IndexedFact } from './indexed-fact'

/** What an image led to: the facts on the way, and the first release of each application that took it. */
export interface ImageStory {
  readonly facts: readonly IndexedFact[]
  readonly releases: readonly IndexedFact[]
}

/** Between the decision on an image and the release that has it. */
const onTheWay = new Set(['commit.pushed', 'revision.observed'])

/** Follows an image from its push to the releases of the applications that took it, by what names what as its cause. */
export function followImage(index: Pick<FactIndex, 'ofImage' | 'effectsOf'>, image: string): ImageStory {
  const told = index.ofImage(image)
  const built = newestBuilt(told)
  const considered = told.filter(
    ({ fact, causes }) => fact === 'image.considered' && (built === undefined || causes.includes(built.id)),
  )
  const applications = new Set(considered.map(({ application }) => application))
  const facts = [...(built === undefined ? [] : [built]), ...considered]
  const releases = new Map<string, IndexedFact>()
  for (let ids = idsOf(considered); ids.length > 0;) {
    const effects = index.effectsOf(ids)
    const next = effects.filter(({ fact }) => onTheWay.has(fact))
    for (const effect of effects)
      if (isRelease(effect) && applications.has(effect.application) && !releases.has(effect.application))
        releases.set(effect.application, effect)
    facts.push(...next)
    ids = idsOf(next)
  }
  return { facts, releases: [...releases.values()] }
}

/** A tag that is pushed again with what it was is built again and considered no more. */
function newestBuilt(told: readonly IndexedFact[]): IndexedFact | undefined {
  const builds = told.filter(({ fact }) => fact === 'image.built')
  const decided = new Set(told.flatMap(({ causes }) => causes))
  return builds.findLast(({ id }) => decided.has(id)) ?? builds.at(-1)
}

function isRelease({ fact }: IndexedFact): boolean {
  return fact === 'release.rendered' || fact === 'release.failed'
}

function idsOf(facts: readonly IndexedFact[]): string[] {
  return facts.map(({ id }) => id)
}
