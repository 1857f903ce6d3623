import { gitlabPush, runsHealthy, valueAt } from '@k8or/rig'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { bothModes } from './src/modes'

describe.each(bothModes)('test/e2e/push-becomes-healthy.e2e in mode %s', (mode) => {
  const mesh = useMesh({ mode })

  it('C108.1 C108.3 A16 a push told by GitHub rolls out to healthy pods', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('github')
    const first = await repository.commit({ 'app/web.yaml': deployment('web', 'shop/web:1', 2) })
    await driver.declare({ name: 'github', repoUrl: repository.url, path: 'app' })
    await driver.application('github', (application) => runsHealthy(application, first.after), 60_000)
    const commit = await repository.push({ 'app/web.yaml': deployment('web', 'shop/web:2', 3) })
    await driver.application('github', (application) => runsHealthy(application, commit), 30_000)
    const web = await driver.hub.get('apps/v1/Deployment', 'default/web')
    expect(valueAt(web, 'status.readyReplicas')).toBe(3)
    expect(valueAt(web, 'spec.template.spec.containers.0.image')).toBe('shop/web:2')
  }, 120_000)

  it('A16 a push told by GitLab is applied', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('team/gitlab')
    await repository.commit({ 'app/c.yaml': configMap('gitlab', 'one') })
    await driver.declare({ name: 'gitlab', repoUrl: repository.url, path: 'app' })
    await driver.application('gitlab', (application) => runsHealthy(application), 60_000)
    const { after } = await repository.commit({ 'app/c.yaml': configMap('gitlab', 'two') })
    const webhook = gitlabPush({ repoUrl: repository.url, after }, driver.value('K8OR_WEBHOOK_SECRET'))
    const answer = await driver.people.post(driver.value('K8OR_WEBHOOK_URL'), webhook.body, webhook.headers)
    expect(answer.status).toBe(200)
    await driver.hub.watchUntil('v1/ConfigMap', 'default/gitlab', (object) => valueAt(object, 'data.value') === 'two')
  }, 90_000)

  it('C108.5 A7.1 a change by hand is put back, and a removed object comes again', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('heal')
    await repository.commit({ 'app/c.yaml': configMap('heal', 'declared') })
    await driver.declare({ name: 'heal', repoUrl: repository.url, path: 'app' })
    await driver.application('heal', (application) => runsHealthy(application), 60_000)
    const byHand = await driver.hub.patch('v1/ConfigMap', 'default/heal', { data: { value: 'by hand' } })
    await driver.hub.watchUntil(
      'v1/ConfigMap',
      'default/heal',
      (object) =>
        valueAt(object, 'data.value') === 'declared' &&
        object?.metadata.resourceVersion !== byHand.metadata.resourceVersion,
    )
    await driver.hub.delete('v1/ConfigMap', 'default/heal')
    const again = (object: unknown) =>
      valueAt(object, 'metadata.uid') !== byHand.metadata.uid && valueAt(object, 'data.value') === 'declared'
    await driver.hub.watchUntil('v1/ConfigMap', 'default/heal', again)
  }, 90_000)

  it('A8.5 prunes objects that left the source', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('prune')
    await repository.commit({ 'app/a.yaml': configMap('keep', '1'), 'app/b.yaml': configMap('leave', '1') })
    await driver.declare({ name: 'prune', repoUrl: repository.url, path: 'app' })
    await driver.application('prune', (application) => runsHealthy(application), 60_000)
    await repository.push({ 'app/b.yaml': null })
    await driver.hub.watchUntil('v1/ConfigMap', 'default/leave', (object) => object === undefined)
    expect(await driver.hub.get('v1/ConfigMap', 'default/keep')).toBeDefined()
  }, 90_000)

  it('C108.4 without automation an Application waits for a sync that somebody asks for', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('manual')
    const { after } = await repository.commit({ 'app/c.yaml': configMap('manual', '1') })
    await driver.declare({ name: 'manual', repoUrl: repository.url, path: 'app', syncPolicy: {} })
    await driver.application(
      'manual',
      (application) => valueAt(application, 'status.sync.status') === 'OutOfSync',
      60_000,
    )
    expect(await driver.hub.get('v1/ConfigMap', 'default/manual')).toBeUndefined()
    await driver.hub.patch('argoproj.io/v1alpha1/Application', 'argocd/manual', {
      operation: { sync: { revision: after } },
    })
    const synced = await driver.application('manual', (application) => runsHealthy(application, after))
    expect(valueAt(synced, 'status.operationState.phase')).toBe('Succeeded')
    expect(valueAt(synced, 'operation')).toBeUndefined()
  }, 90_000)
})
