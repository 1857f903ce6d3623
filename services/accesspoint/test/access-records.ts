import type { AccessRecorded } from '@k8or/contracts'
import { connectBus } from '@k8or/jetstream'
import type { TestBus } from '@k8or/rig'

/** All access records that a bus has now, as InsightHub reads them. */
export async function accessRecords(bus: TestBus): Promise<AccessRecorded[]> {
  const reader = await connectBus({ url: bus.url, identity: await bus.identity('insighthub'), failFast: true })
  const ending = new AbortController()
  const found: AccessRecorded[] = []
  const caughtUp = new Promise<void>((resolve) => {
    void reader.replay({
      stream: 'ACCESS',
      fromSequence: 0,
      onFact: (fact) => void found.push(fact.data as AccessRecorded),
      onCaughtUp: resolve,
      signal: ending.signal,
    })
  })
  await caughtUp
  ending.abort()
  await reader.close()
  return found
}
