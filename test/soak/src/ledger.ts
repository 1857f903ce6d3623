/** A commit that changes one application, and when the mesh was told of it. */
export interface Push {
  readonly application: string
  /** Rises with every push, and stands in the object. */
  readonly number: number
  readonly repository: string
  readonly commit: string
  readonly toldAt: number
}

/** A change by hand, and the generation that the API server gave it. */
export interface Drift {
  readonly application: string
  readonly generation: number
  readonly madeAt: number
}

/** What a watch of the objects has shown. */
export interface Sighting {
  readonly application: string
  readonly uid: string
  readonly generation: number
  readonly number: number
  readonly isByHand: boolean
  readonly at: number
}

/** All that was done, and all that was seen. */
export class Ledger {
  readonly #pushes = new Map<string, Push[]>()
  readonly #drifts = new Map<string, Drift[]>()
  readonly #sightings = new Map<string, Sighting[]>()

  pushed(push: Push): void {
    listOf(this.#pushes, push.application).push(push)
  }

  drifted(drift: Drift): void {
    listOf(this.#drifts, drift.application).push(drift)
  }

  /** The status of an object changes far more often than what is declared: only the latter is noted. */
  saw(sighting: Sighting): void {
    const seen = listOf(this.#sightings, sighting.application)
    const last = seen.at(-1)
    if (last?.generation !== sighting.generation || last.uid !== sighting.uid) seen.push(sighting)
  }

  applications(): string[] {
    return [...this.#sightings.keys()]
  }

  /** What concerns one application, each in order. */
  of(application: string): Story {
    return {
      application,
      pushes: listOf(this.#pushes, application),
      drifts: listOf(this.#drifts, application),
      sightings: listOf(this.#sightings, application),
    }
  }
}

/** What was done to one application, and what was seen of its object. */
export interface Story {
  readonly application: string
  readonly pushes: readonly Push[]
  readonly drifts: readonly Drift[]
  readonly sightings: readonly Sighting[]
}

function listOf<Entry>(lists: Map<string, Entry[]>, application: string): Entry[] {
  const list = lists.get(application) ?? []
  lists.set(application, list)
  return list
}
