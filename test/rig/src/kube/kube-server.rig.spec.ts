import { valueAt } from '../driver/mesh-driver'
import { removeDir, tempDir } from '../temp-dir'
import type { KubeObject } from './kube-object'
import { startKube, type KubeServer } from './kube-server'

const workload = (app: string, image: string) => ({
  selector: { matchLabels: { app } },
  template: { metadata: { labels: { app } }, spec: { containers: [{ name: 'main', image }] } },
})

const apps = (kind: string, name: string, spec: unknown): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'default' },
  spec,
})

const deployment = (name: string, image: string, replicas = 2): KubeObject =>
  apps('Deployment', name, { ...workload(name, image), replicas })

const job = (name: string, image: string): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } } },
})

describe('test/rig/src/kube/kube-server', () => {
  const dir = tempDir('kube')
  let kube: KubeServer

  beforeAll(async () => {
    kube = await startKube({ dir, nodes: 2 })
  }, 60_000)

  afterAll(async () => {
    await kube.stop()
    removeDir(dir)
  })

  const podsOf = (app: string) => kube.client.list('v1/Pod', { namespace: 'default', labelSelector: `app=${app}` })
  const readyReplicas = (name: string, count: number) =>
    kube.client.watchUntil(
      'apps/v1/Deployment',
      `default/${name}`,
      (found) => valueAt(found, 'status.readyReplicas') === count,
    )

  it('brings the pods of a Deployment to ready on its nodes', async () => {
    await kube.client.apply(deployment('web', 'shop/web:1'))
    await readyReplicas('web', 2)
    const pods = await podsOf('web')
    expect(pods.map((pod) => String(valueAt(pod, 'spec.nodeName'))).toSorted()).toEqual(['node-1', 'node-2'])
    expect(new Set(pods.map((pod) => valueAt(pod, 'status.podIP'))).size).toBe(2)
    expect(valueAt(pods[0], 'status.containerStatuses.0')).toMatchObject({
      ready: true,
      started: true,
      image: 'shop/web:1',
    })
  })

  it('replaces pods on a rollout and removes them with their owner', async () => {
    await kube.client.apply(deployment('roll', 'shop/web:1'))
    await readyReplicas('roll', 2)
    await kube.client.patch('apps/v1/Deployment', 'default/roll', {
      spec: { template: { spec: { containers: [{ name: 'main', image: 'shop/web:2' }] } } },
    })
    await kube.client.watchUntil(
      'apps/v1/Deployment',
      'default/roll',
      (found) =>
        valueAt(found, 'status.observedGeneration') === 2 &&
        valueAt(found, 'status.updatedReplicas') === 2 &&
        valueAt(found, 'status.replicas') === 2,
    )
    const [pod] = await podsOf('roll')
    await kube.client.delete('apps/v1/Deployment', 'default/roll')
    await kube.client.watchUntil('v1/Pod', `default/${pod?.metadata.name}`, (found) => !found)
  })

  it('reports an image that cannot be pulled', async () => {
    await kube.client.apply(deployment('broken', 'shop/web:bad', 1))
    await kube.client.watchUntil(
      'apps/v1/Deployment',
      'default/broken',
      (found) => valueAt(found, 'status.unavailableReplicas') === 1,
    )
    const [pod] = await podsOf('broken')
    const backedOff = await kube.client.watchUntil(
      'v1/Pod',
      `default/${pod?.metadata.name}`,
      (found) => valueAt(found, 'status.containerStatuses.0.state.waiting.reason') === 'ImagePullBackOff',
    )
    expect(valueAt(backedOff, 'status.phase')).toBe('Pending')
  })

  it('completes the pods of a Job, or fails them', async () => {
    await kube.client.apply(job('migrate', 'shop/migrate:1'))
    await kube.client.apply(job('broken-job', 'shop/migrate:fail'))
    await kube.client.watchUntil('batch/v1/Job', 'default/migrate', (found) => valueAt(found, 'status.succeeded') === 1)
    await kube.client.watchUntil('batch/v1/Job', 'default/broken-job', (found) => valueAt(found, 'status.failed') === 1)
  })

  it('runs a StatefulSet and a DaemonSet', async () => {
    const set = { ...workload('set', 'shop/db:1'), replicas: 2, serviceName: 'set' }
    await kube.client.apply(apps('StatefulSet', 'set', set))
    await kube.client.apply(apps('DaemonSet', 'agent', workload('agent', 'shop/agent:1')))
    await kube.client.watchUntil(
      'apps/v1/StatefulSet',
      'default/set',
      (found) => valueAt(found, 'status.readyReplicas') === 2,
    )
    await kube.client.watchUntil(
      'apps/v1/DaemonSet',
      'default/agent',
      (found) => valueAt(found, 'status.numberReady') === 2,
    )
  })

  it('makes hundreds of pods ready in seconds', async () => {
    const started = Date.now()
    await kube.client.apply(deployment('many', 'shop/web:1', 300))
    await readyReplicas('many', 300)
    expect(Date.now() - started).toBeLessThan(20_000)
  }, 30_000)

  it('goes on after its API server was killed', async () => {
    await kube.restartApiServer()
    await kube.client.apply(deployment('after', 'shop/web:1'))
    await readyReplicas('after', 2)
  }, 60_000)
})
