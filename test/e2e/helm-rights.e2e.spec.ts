import { join } from 'node:path'
import {
  eventually,
  MeshDriver,
  prepareHub,
  removeDir,
  runsHealthy,
  startKube,
  startMesh,
  tempDir,
  valueAt,
  type DrivenRepository,
  type KubeObject,
  type KubeServer,
  type Mesh,
} from '@k8or/rig'
import { k8orJson } from './src/command'
import { kubeconfigOf, onRelease, release } from './src/installed-chart'
import { configMap } from './src/manifests'

const { namespace } = release
const webhookSecret = 'secret-of-the-webhook'

// The mesh runs beside the cluster and reaches it by the service account that the chart made for AccessPoint.
describe('test/e2e/helm-rights.e2e', () => {
  const dir = tempDir('helm-rights')
  let hub: KubeServer
  let mesh: Mesh
  let driver: MeshDriver
  let repository: DrivenRepository

  beforeAll(async () => {
    hub = await startKube({ dir: join(dir, 'hub'), nodes: 1 })
    await prepareHub(hub.client, webhookSecret)
    await onRelease(hub, 'install', '--set', 'profile=ha')
    const kubeconfig = await kubeconfigOf(hub, 'accesspoint', dir)
    mesh = await startMesh({ dir: join(dir, 'mesh'), hub: { kubeconfig, namespace, webhookSecret } })
    driver = new MeshDriver({ ...mesh.env, KUBECONFIG: hub.kubeconfigPath })
    repository = await driver.repository('shop')
    await repository.commit({ 'app/c.yaml': configMap('shop', '1') })
  }, 180_000)

  afterAll(async () => {
    await driver.close()
    await mesh.stop()
    await hub.stop()
    removeDir(dir)
  }, 60_000)

  it('reads what is declared, and says in the status and by an Event that it may not deploy to its own cluster', async () => {
    await driver.declare({ name: 'shop', repoUrl: repository.url, path: 'app' })
    const said = `system:serviceaccount:${namespace}:k8or-accesspoint\\" cannot patch resource`
    const isSaid = (one: KubeObject) => JSON.stringify(valueAt(one, 'status.conditions') ?? []).includes(said)
    await driver.application('shop', isSaid, 30_000)
    const selector = { namespace, fieldSelector: 'involvedObject.name=shop' }
    await eventually(async () => (await hub.client.list('v1/Event', selector)).length > 0, {
      timeoutMs: 20_000,
      what: 'an Event of the Application',
    })
  }, 90_000)

  it('copies emergency stops to the ConfigMap of the chart, which an upgrade leaves as it is', async () => {
    const copies = async () => {
      const found = await hub.client.get('v1/ConfigMap', `${namespace}/k8or-emergency-stops`)
      return JSON.stringify(found?.['data'] ?? {})
    }
    await k8orJson(driver, ['emergency-stop', 'raise', '--reason', 'the rack burns'])
    expect(await copies()).toContain('the rack burns')
    await onRelease(hub, 'upgrade', '--set', 'profile=ha')
    expect(await copies()).toContain('the rack burns')
    await k8orJson(driver, ['emergency-stop', 'lift', '--reason', 'it is out'])
    expect(await copies()).toBe('{}')
  }, 60_000)

  it('deploys to its own cluster once the values let it', async () => {
    await onRelease(hub, 'upgrade', '--set', 'profile=ha,accesspoint.hub.deploy=true')
    const commit = await repository.push({ 'app/c.yaml': configMap('shop', '2') })
    await driver.application('shop', (one) => runsHealthy(one, commit), 60_000)
    expect(await hub.client.get('v1/ConfigMap', 'default/shop')).toBeDefined()
  }, 120_000)
})
