import { registerRegistry, RegistryClient, runsHealthy } from '@k8or/rig'
import { configMap, deployment } from '../manifests'
import { useMesh, type MeshUnderTest } from '../mesh-under-test'
import { ArmedPoints } from './armed-points'
import { FaultDesk, web } from './fault-desk'
import { FollowedFacts } from './followed-facts'

const chart = {
  'app/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
  'app/values.yaml': 'round: "0"\n',
  'app/templates/c.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: chart }\ndata: { value: "{{ .Values.round }}" }\n',
}

/** A desk over a mesh of processes that can be killed at every step, and that run what the scenarios need. */
export interface FaultDeskUnderTest {
  readonly mesh: () => MeshUnderTest
  readonly desk: () => FaultDesk
  readonly points: ArmedPoints
}

/** Starts a mesh with fault points for the tests of this file. */
export function useFaultDesk(): FaultDeskUnderTest {
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
  let desk: FaultDesk | undefined

  beforeAll(async () => {
    const facts = await FollowedFacts.of(mesh())
    const registry = new RegistryClient(await mesh().mesh.registry())
    desk = new FaultDesk(mesh(), registry, facts)
    await deployAll(desk)
  }, 180_000)

  afterAll(async () => {
    await desk?.facts.close()
    await desk?.registry.close()
    points.remove()
  })

  const theDesk = (): FaultDesk => {
    if (!desk) throw new Error('nothing has been deployed')
    return desk
  }
  return { mesh, desk: theDesk, points }
}

async function deployAll(desk: FaultDesk): Promise<void> {
  const { registry, driver } = desk
  await registerRegistry(driver.hub, registry.access)
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
    ...['pruned', 'broken', 'turned'].map((name) => desk.deploy(name, { 'app/c.yaml': configMap(name, '0') })),
    desk.deploy('chart', chart),
  ])
  await desk.declare('aside', { path: 'aside' })
  await driver.application('aside', (one) => runsHealthy(one), 60_000)
  for (const name of ['web', 'imaged']) await desk.count(name)
}
