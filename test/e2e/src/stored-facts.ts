import type { Fact } from '@k8or/contracts'
import type { ReplayOptions } from '@k8or/jetstream'
import { busAs } from './bus-as'
import type { MeshUnderTest } from './mesh-under-test'

/** All facts of a stream as they are stored, in order, read with the certificate of InsightHub, which may. */
export async function storedFacts(mesh: MeshUnderTest, stream: ReplayOptions['stream']): Promise<Fact<unknown>[]> {
  const bus = await busAs('insighthub', mesh)
  const facts: Fact<unknown>[] = []
  const end = new AbortController()
  try {
    const onFact = (fact: Fact<unknown>): void => void facts.push(fact)
    await bus.replay({ stream, fromSequence: 0, onFact, onCaughtUp: () => end.abort(), signal: end.signal })
    return facts
  } finally {
    await bus.close()
  }
}
