import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Fact } from '@k8or/contracts'
import { connectBus, type ReplayOptions } from '@k8or/jetstream'
import type { MeshUnderTest } from './mesh-under-test'

/** All facts of a stream as they are stored, in order, read with the certificate of InsightHub, which may. */
export async function storedFacts(
  { mesh, driver }: MeshUnderTest,
  stream: ReplayOptions['stream'],
): Promise<Fact<unknown>[]> {
  const ca = driver.value('K8OR_CA')
  const read = (file: string): string => readFileSync(join(dirname(ca), 'insighthub/identity', file), 'utf8')
  const identity = {
    service: 'insighthub' as const,
    spiffeId: 'spiffe://k8or.mesh/svc/insighthub',
    ca: readFileSync(ca, 'utf8'),
    current: () => ({ cert: read('tls.crt'), key: read('tls.key') }),
    onRenewal: () => () => undefined,
  }
  const bus = await connectBus({ url: mesh.natsUrl, identity, failFast: true })
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
