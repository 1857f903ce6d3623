import type { Fact } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'
import { eventually } from '@k8or/rig'
import { busAs } from '../bus-as'
import type { MeshUnderTest } from '../mesh-under-test'

/** The facts of a mesh from its beginning, as they come. */
export class FollowedFacts {
  readonly all: Fact<unknown>[] = []
  readonly #end = new AbortController()

  private constructor(private readonly bus: Bus) {}

  static async of(mesh: MeshUnderTest): Promise<FollowedFacts> {
    const followed = new FollowedFacts(await busAs('insighthub', mesh))
    const { signal } = followed.#end
    const onFact = (fact: Fact<unknown>): void => void followed.all.push(fact)
    for (const stream of ['FACTS', 'ACCESS'] as const)
      void followed.bus.replay({ stream, fromSequence: 0, onFact, signal })
    return followed
  }

  /** Waits for a fact of a name behind the first `from`, with some data as asked. */
  async until(name: string, from: number, isWanted: (data: unknown) => boolean = () => true): Promise<void> {
    const isThere = () => this.all.slice(from).some((fact) => nameOf(fact) === name && isWanted(fact.data))
    await eventually(isThere, { timeoutMs: 60_000, stepMs: 50, what: name })
  }

  /** The ids that are stored more than once. */
  twice(): string[] {
    const seen = new Set<string>()
    return this.all.flatMap(({ id }) => (seen.size === seen.add(id).size ? [id] : []))
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.bus.close()
  }
}

// dev.k8or.codesource.delivery.received.v1, or without the owner
function nameOf({ type }: Fact<unknown>): string {
  return type.split('.').slice(-3, -1).join('.')
}
