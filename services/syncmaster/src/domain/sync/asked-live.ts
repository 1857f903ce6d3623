import type { KindRef } from '@k8or/kube-objects'
import { Later } from '@k8or/outcome'
import { RefusedError } from '../cluster/clusters'
import { LiveIndex } from '../drift/live-index'
import type { Live, Ports } from '../ports'
import { inParallel } from './in-parallel'

const listsAtOnce = 4

/**
 * The live objects of an application whose bucket another replica holds, and with it the watches of them. The cluster is asked
 * for what carries the label of the application: of the kinds that it names, and of all that are watched here for others.
 */
export class AskedLive implements Live {
  readonly index = new LiveIndex(() => undefined)
  readonly #kinds = new Map<string, KindRef>()

  constructor(
    private readonly application: string,
    private readonly ports: Pick<Ports, 'clusters' | 'live'>,
  ) {}

  watch(_cluster: string, kinds: readonly KindRef[]): void {
    for (const kind of kinds) this.#kinds.set(`${kind.group}/${kind.kind}`, kind)
  }

  kinds(cluster: string): readonly KindRef[] {
    return this.ports.live.kinds(cluster)
  }

  async known(cluster: string, kinds: readonly KindRef[], signal: AbortSignal): Promise<string | undefined> {
    this.watch(cluster, [...kinds, ...this.kinds(cluster)])
    try {
      await inParallel([...this.#kinds.values()], listsAtOnce, (kind) => this.#list(cluster, kind, signal))
      return undefined
    } catch (error) {
      if (error instanceof Later || error instanceof RefusedError) return error.message
      throw error
    }
  }

  async #list(cluster: string, kind: KindRef, signal: AbortSignal): Promise<void> {
    const objects = await this.ports.clusters.ofApplication(cluster, kind, this.application, signal)
    this.index.takeAll(cluster, kind.group, kind.kind, objects)
  }
}
