import { eventually } from '@k8or/rig'
import { noSurplus } from './src/faults/fault-desk'
import { useFaultDesk } from './src/faults/fault-desk-under-test'
import { push } from './src/faults/plays'
import { scenarios } from './src/faults/scenarios'

const servers = ['NATS and Redis are', 'the API server is'] as const
const pushing = scenarios.find(({ play }) => play === push)
// A service that was not killed knows the Event that it told before, and patches it.
const onTheWay = pushing?.points.filter((point) => !point.startsWith('accesspoint/cluster/post/')) ?? []
// One after the other: who is killed twice in a row is kept waiting longer before it is started again.
const kills = onTheWay.flatMap((point) => servers.map((who) => [who, point] as const))

describe('test/e2e/fault-points-of-servers.e2e', () => {
  const { mesh, desk, points } = useFaultDesk()

  /** What of Kubernetes watches the API server would wait longer after each kill, so that it is killed as well. */
  const pidsOf = (who: (typeof servers)[number]): number[] => {
    const { processes, hub } = mesh().mesh
    const ofHub = ['kube-apiserver', 'kube-controller-manager'].map((name) => hub.pids[name])
    const ofMesh = ['nats', 'redis'].map((name) => processes.get(name)?.pid)
    return (who === 'the API server is' ? ofHub : ofMesh).filter((pid) => pid !== undefined)
  }

  /** They run again, as other processes, and answer; what is a custom resource is served last. */
  const areBack = async (who: (typeof servers)[number], before: readonly number[]): Promise<boolean> => {
    const now = pidsOf(who)
    if (now.length < before.length || now.some((pid) => before.includes(pid))) return false
    return (await mesh().driver.hub.snapshot('argoproj.io/v1alpha1/Application')).items.length > 0
  }

  it('there are points on the way of a push', () => {
    expect(onTheWay.length).toBeGreaterThan(20)
  })

  it.each(kills)(
    '%s killed when a service is at %s: the push goes on, and nothing is done twice',
    async (who, point) => {
      const killed = pidsOf(who)
      points.arm(point, killed)
      try {
        await push(desk(), async () => {
          await points.untilHit(point)
          await eventually(() => areBack(who, killed), { timeoutMs: 60_000, what: 'who was killed' })
          await mesh().mesh.untilReady(60_000)
        })
      } finally {
        points.disarm(point)
      }
      await desk().untilAllRun()
      expect(await desk().surplus()).toEqual(noSurplus)
    },
    180_000,
  )
})
