import { setTimeout as delay } from 'node:timers/promises'
import { runsHealthy, valueAt, type MeshDriver } from '@k8or/rig'
import { condition, conditionsOf } from './src/conditions'
import { configMap, configMaps, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

const applicationType = 'argoproj.io/v1alpha1/Application'
const cascading = 'resources-finalizer.argocd.argoproj.io'

async function untilGone(driver: MeshDriver, type: string, key: string): Promise<void> {
  await driver.hub.watchUntil(type, key, (object) => object === undefined)
}

describe('test/e2e/deletion.e2e', () => {
  const mesh = useMesh()

  it('A9 an Application with the finalizer takes its objects with it, and spares what must stay', async () => {
    const { driver } = mesh()
    const kept = configMap('spared', '1').replace(
      'name: spared',
      'name: spared\n  annotations: { argocd.argoproj.io/sync-options: Delete=false }',
    )
    const files = { 'app/c.yaml': configMap('taken', '1'), 'app/w.yaml': deployment('taken', 'shop/taken:1', 1) }
    await driver.deploy('taken', { ...files, 'app/k.yaml': kept }, { finalizers: [cascading] })
    await driver.hub.delete(applicationType, 'argocd/taken')
    await untilGone(driver, 'v1/ConfigMap', 'default/taken')
    await untilGone(driver, 'apps/v1/Deployment', 'default/taken')
    await untilGone(driver, applicationType, 'argocd/taken')
    expect(await driver.hub.get('v1/ConfigMap', 'default/spared')).toBeDefined()
  }, 90_000)

  it('A9 an Application without it leaves its objects, and the same one finds them again', async () => {
    const { driver } = mesh()
    const repository = await driver.deploy('left', { 'app/c.yaml': configMap('left', '1') })
    const before = await driver.hub.get('v1/ConfigMap', 'default/left')
    await driver.hub.delete(applicationType, 'argocd/left')
    await untilGone(driver, applicationType, 'argocd/left')
    await driver.hub.patch('v1/ConfigMap', 'default/left', { data: { value: 'by hand' } })
    await delay(1_500)
    const alone = await driver.hub.get('v1/ConfigMap', 'default/left')
    expect(valueAt(alone, 'data.value')).toBe('by hand')
    await driver.declare({ name: 'left', repoUrl: repository.url, path: 'app' })
    await driver.application('left', (application) => runsHealthy(application), 60_000)
    const again = await driver.hub.get('v1/ConfigMap', 'default/left')
    expect(valueAt(again, 'data.value')).toBe('1')
    expect(again?.metadata.uid).toBe(before?.metadata.uid)
  }, 90_000)

  it('A8.5 with prune off an object that left the source stays, and is reported as skipped', async () => {
    const { driver } = mesh()
    const files = { 'app/a.yaml': configMap('stays-a', '1'), 'app/b.yaml': configMap('stays-b', '1') }
    const repository = await driver.deploy('stays', files, { syncPolicy: { automated: {} } })
    const commit = await repository.push({ 'app/a.yaml': configMap('stays-a', '2'), 'app/b.yaml': null })
    const isDone = (application: unknown): boolean =>
      valueAt(application, 'status.operationState.syncResult.revision') === commit
    const application = await driver.application('stays', isDone)
    const results = valueAt(application, 'status.operationState.syncResult.resources')
    expect(results).toContainEqual(expect.objectContaining({ name: 'stays-b', status: 'PruneSkipped' }))
    expect(valueAt(application, 'status.sync.status')).toBe('OutOfSync')
    const surplus = expect.objectContaining({ name: 'stays-b', status: 'OutOfSync', requiresPruning: true })
    expect(valueAt(application, 'status.resources')).toContainEqual(surplus)
    expect(await driver.hub.get('v1/ConfigMap', 'default/stays-b')).toBeDefined()
    await driver.hub.patch(applicationType, 'argocd/stays', { operation: { sync: { prune: true } } })
    await untilGone(driver, 'v1/ConfigMap', 'default/stays-b')
    await driver.application('stays', (one) => runsHealthy(one, commit))
  }, 90_000)

  it('a push that takes most objects away waits for a person, says how to go on, and goes on when told', async () => {
    const { driver } = mesh()
    const files = { ...configMaps('many', 12), 'app/rest.yaml': configMap('many-rest', '1') }
    const repository = await driver.deploy('many', files)
    const gone = Object.fromEntries(Object.keys(configMaps('many', 12)).map((path) => [path, null]))
    await repository.push({ ...gone, 'app/rest.yaml': configMap('many-rest', '2') })
    const message = await condition(driver, 'many', 'MassPruneWarning')
    const release = /k8or\.dev\/allow-prune=(\d+)/.exec(message)?.[1]
    expect(message).toContain('12 of 13')
    expect(release).toBeDefined()
    const isTwo = (object: unknown): boolean => valueAt(object, 'data.value') === '2'
    await driver.hub.watchUntil('v1/ConfigMap', 'default/many-rest', isTwo)
    expect(await driver.hub.get('v1/ConfigMap', 'default/many-7')).toBeDefined()
    await driver.hub.patch(applicationType, 'argocd/many', {
      metadata: { annotations: { 'k8or.dev/allow-prune': release } },
    })
    await untilGone(driver, 'v1/ConfigMap', 'default/many-7')
    const application = await driver.application('many', (one) => runsHealthy(one))
    expect(conditionsOf(application)).toEqual([])
  }, 90_000)

  it('A7.1 an empty source wipes nothing unasked', async () => {
    const { driver } = mesh()
    const repository = await driver.deploy('emptied', { 'app/c.yaml': configMap('emptied', '1') })
    await repository.push({ 'app/c.yaml': null, 'app/README.md': 'nothing here' })
    expect(await condition(driver, 'emptied', 'SyncError')).toContain('wipe out')
    expect(await driver.hub.get('v1/ConfigMap', 'default/emptied')).toBeDefined()
  }, 90_000)

  it('A8.6 CreateNamespace=true makes the namespace first; without it the missing namespace is named', async () => {
    const { driver } = mesh()
    const syncPolicy = { automated: { prune: true }, syncOptions: ['CreateNamespace=true'] }
    await driver.deploy('housed', { 'app/c.yaml': configMap('housed', '1') }, { namespace: 'made', syncPolicy })
    expect(await driver.hub.get('v1/ConfigMap', 'made/housed')).toBeDefined()
    const repository = await driver.repository('homeless')
    await repository.commit({ 'app/c.yaml': configMap('homeless', '1') })
    await driver.declare({ name: 'homeless', repoUrl: repository.url, path: 'app', namespace: 'not-made' })
    const message = await condition(driver, 'homeless', 'SyncError')
    expect(message).toContain('homeless')
    expect(message).toContain('not-made')
    await driver.hub.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'not-made' } })
    const cured = await driver.application('homeless', (one) => runsHealthy(one), 30_000)
    expect(conditionsOf(cured)).toEqual([])
  }, 90_000)

  it('an Application that is frozen is left alone until it is let go', async () => {
    const { driver } = mesh()
    const repository = await driver.deploy('frozen', { 'app/c.yaml': configMap('frozen', '1') })
    const freeze = (value: string | null) =>
      driver.hub.patch(applicationType, 'argocd/frozen', {
        metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': value } },
      })
    await freeze('true')
    await repository.push({ 'app/c.yaml': configMap('frozen', '2') })
    await delay(2_000)
    expect(valueAt(await driver.hub.get('v1/ConfigMap', 'default/frozen'), 'data.value')).toBe('1')
    await driver.hub.patch('v1/ConfigMap', 'default/frozen', { data: { value: 'by hand' } })
    await delay(1_000)
    expect(valueAt(await driver.hub.get('v1/ConfigMap', 'default/frozen'), 'data.value')).toBe('by hand')
    await freeze(null)
    const isTwo = (object: unknown): boolean => valueAt(object, 'data.value') === '2'
    await driver.hub.watchUntil('v1/ConfigMap', 'default/frozen', isTwo)
  }, 90_000)
})
