import { setTimeout as delay } from 'node:timers/promises'
import type { Step } from './next-step'
import type { Pod } from './pod'
import { PodWorker } from './pod-worker'

const pod = (version: number, phase: 'Pending' | 'Running' = 'Pending'): Pod => ({
  metadata: { name: 'p', namespace: 'n', uid: 'u', resourceVersion: String(version) },
  spec: { containers: [] },
  status: { phase },
})

const start: Step = { do: 'report', moment: 'started', afterMs: 0 }
const ready: Step = { do: 'report', moment: 'ready', afterMs: 20 }

function worker(answers: (() => Promise<string | undefined>)[] = []) {
  const acts: string[] = []
  const life = {
    next: ({ status }: Pod): Step => (status?.phase === 'Running' ? ready : start),
    act: async ({ metadata }: Pod, step: Step) => {
      acts.push(`${step.do === 'report' ? step.moment : step.do} ${metadata.resourceVersion}`)
      return answers.shift()?.()
    },
  }
  return { acts, pods: new PodWorker(life) }
}

describe('test/rig/src/kubelet/pod-worker', () => {
  it('acts once for a pod that is seen again before its delay is over', async () => {
    const { acts, pods } = worker()
    pods.observe(pod(1, 'Running'))
    await delay(10)
    pods.observe(pod(2, 'Running'))
    await delay(25)
    expect(acts).toEqual(['ready 2'])
    pods.stop()
  })

  it('does not believe what is older than its own last write', async () => {
    const { acts, pods } = worker([() => Promise.resolve('5')])
    pods.observe(pod(1))
    await delay(1)
    pods.observe(pod(3))
    await delay(1)
    expect(acts).toEqual(['started 1'])
    pods.stop()
  })

  it('tries again when the API server was away', async () => {
    const { acts, pods } = worker([() => Promise.reject(new Error('away'))])
    pods.observe(pod(1))
    await delay(300)
    expect(acts).toEqual(['started 1', 'started 1'])
    pods.stop()
  })

  it('forgets pods that are gone', async () => {
    const { acts, pods } = worker()
    pods.observe(pod(1, 'Running'))
    pods.forget(pod(1, 'Running'))
    await delay(30)
    expect([acts, pods.size]).toEqual([[], 0])
  })
})
