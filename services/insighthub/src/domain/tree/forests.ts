import { Forest } from './forest'

/** What was seen of every cluster. */
export class Forests {
  readonly #byCluster = new Map<string, Forest>()

  of(cluster: string): Forest {
    const forest = this.#byCluster.get(cluster) ?? new Forest()
    this.#byCluster.set(cluster, forest)
    return forest
  }
}
