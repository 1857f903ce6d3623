import { PassThrough, Readable } from 'node:stream'
import { createClusters } from './create-clusters'
import type { Gate, GateRequest, GateResponse } from './gate'

const verbs = ['list', 'watch']
const served: Readonly<Record<string, object>> = {
  '/api': { versions: ['v1'] },
  '/apis': { groups: [] },
  '/api/v1': { resources: [{ name: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs }] },
}
const annotations = { 'k8s.io/initial-events-end': 'true' }
const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '1', annotations } } }

/** A road to a cluster on which every watch breaks off as often as it is told. */
class BrokenRoad implements Gate {
  readonly opened: number[] = []
  #open: PassThrough | undefined

  call({ path }: GateRequest): Promise<GateResponse> {
    const known = served[path]
    if (known) return Promise.resolve({ status: 200, headers: {}, body: Readable.from([JSON.stringify(known)]) })
    this.opened.push(performance.now())
    this.#open = new PassThrough()
    this.#open.write(`${JSON.stringify(bookmark)}\n`)
    return Promise.resolve({ status: 200, headers: {}, body: this.#open })
  }

  breakOff(): void {
    this.#open?.destroy(new Error('other side closed'))
  }
}

describe('libs/cluster-client/src/watch', () => {
  it('comes back as soon after it broke for the tenth time as after the first', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] })
    const road = new BrokenRoad()
    const ending = new AbortController()
    const { signal } = ending
    const nothing = () => undefined
    createClusters(road).watch(
      'far',
      { group: '', version: 'v1', kind: 'ConfigMap' },
      { signal, onSnapshot: nothing, onEvent: nothing },
    )
    const settled = () => jest.advanceTimersByTimeAsync(1)
    await settled()
    const waits: number[] = []
    for (let time = 0; time < 10; time++) {
      await jest.advanceTimersByTimeAsync(60_000)
      const brokenAt = performance.now()
      road.breakOff()
      await jest.advanceTimersByTimeAsync(11_000)
      waits.push((road.opened[time + 1] ?? Infinity) - brokenAt)
    }
    ending.abort()
    jest.useRealTimers()
    expect(Math.max(...waits)).toBeLessThan(300)
  })
})
