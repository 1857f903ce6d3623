import { registerRegistry, RegistryClient, runsHealthy } from '@k8or/rig'
import { ArmedPoints } from './src/faults/armed-points'
import { catalogue, inTurn } from './src/faults/catalogue'
import { FaultDesk, web } from './src/faults/fault-desk'
import { FollowedFacts } from './src/faults/followed-facts'
import { scenarios } from './src/faults/scenarios'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

const chart = {
  'app/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
  'app/values.yaml': 'round: "0"\n',
  'app/templates/c.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: chart }\ndata: { value: "{{ .Values.round }}" }\n',
}

const nothing = { generations: [], commits: [], factsTwice: [] }

describe('test/e2e/fault-points.e2e', () => {
  const points = new ArmedPoints()
  // Leases that run out only long after each test: whoever is killed takes up its own.
  const environment = {
    K8OR_FAULT_POINTS: points.dir,
    K8OR_LEASE_TTL_MS: '120000',
    // Who follows a branch in another folder hears of each push while the test that made it looks.
    K8OR_ADVANCE_INTERVAL_MS: '500',
    // What an application leaves behind is removed while its test looks, too.
    K8OR_RETENTION_INTERVAL_MS: '3000',
  }
  const mesh = useMesh({ mode: 'processes', registry: true, environment })
  const known = catalogue()
  let desk: FaultDesk
  let facts: FollowedFacts

  beforeAll(async () => {
    facts = await FollowedFacts.of(mesh())
    const registry = new RegistryClient(await mesh().mesh.registry())
    desk = new FaultDesk(mesh(), registry, facts)
    await registerRegistry(desk.driver.hub, registry.access)
    const image = `${registry.access.host}/shop/imaged`
    const annotations = { 'argocd-image-updater.argoproj.io/image-list': `web=${image}:~1` }
    await registry.push('shop/guest', '1.0.0', { files: { version: '1.0.0' } })
    await registry.push('shop/loose', 'latest', { files: { version: '0' } })
    await Promise.all([
      desk.deploy('web', {
        ...web('web', 'shop/web:0'),
        'aside/c.yaml': configMap('aside', '0'),
        'guest/web.yaml': deployment('guest', `${registry.access.host}/shop/guest:1.0.0`, 1),
      }),
      desk.deploy('imaged', web('imaged', `${image}:1.0.0`), { annotations }),
      desk.deploy('pruned', { 'app/c.yaml': configMap('pruned', '0') }),
      desk.deploy('broken', { 'app/c.yaml': configMap('broken', '0') }),
      desk.deploy('turned', { 'app/c.yaml': configMap('turned', '0') }),
      desk.deploy('chart', chart),
    ])
    await desk.declare('aside', { path: 'aside' })
    await desk.driver.application('aside', (one) => runsHealthy(one), 60_000)
    for (const name of ['web', 'imaged']) await desk.count(name)
  }, 180_000)

  afterAll(async () => {
    await facts.close()
    await desk.registry.close()
    points.remove()
  })

  const played = scenarios.flatMap((scenario) => scenario.points)

  it.each(inTurn(played))(
    'a service killed at %s goes on where it was, and does nothing twice',
    async (point) => {
      points.arm(point)
      try {
        await scenarios.find((scenario) => scenario.points.includes(point))?.play(desk)
        await points.untilHit(point)
      } finally {
        points.disarm(point)
      }
      await mesh().mesh.untilReady(60_000)
      await desk.untilAllRun()
      expect(await desk.surplus()).toEqual(nothing)
    },
    180_000,
  )

  it('leaves no surplus behind when all is done', async () => {
    await mesh().mesh.untilReady(60_000)
    await desk.untilAllRun()
    expect(await desk.surplus()).toEqual(nothing)
  }, 120_000)

  it('every fault point is in a scenario, and none is passed that is not known', () => {
    expect(known.filter((point) => !played.includes(point))).toEqual([])
    expect(played.filter((point) => !known.includes(point))).toEqual([])
    expect([...points.passed()].filter((point) => !known.includes(point))).toEqual([])
  })
})
