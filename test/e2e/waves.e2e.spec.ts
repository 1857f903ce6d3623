import { runsHealthy, valueAt } from '@k8or/rig'
import { k8or } from './src/command'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { bothModes } from './src/modes'
import { untilTraced } from './src/traces'
import { impatient, operation, slowly, wave } from './src/waved'

describe.each(bothModes)('test/e2e/waves.e2e in mode %s', (mode) => {
  // A lease that runs out only long after each test: whoever is killed takes up its own.
  const mesh = useMesh({ mode, environment: { K8OR_LEASE_TTL_MS: '120000' } })

  it('A8.2 A8.3 a wave begins when the one before is healthy, also when the mesh is killed while it waits', async () => {
    const { driver, mesh: running } = mesh()
    const repository = await driver.repository('waved')
    const { after } = await repository.commit({
      'app/schema.yaml': slowly(wave(deployment('waved-first', 'shop/first:1', 1), -1), 4000),
      'app/settings.yaml': configMap('waved-settings', '1'),
      'app/web.yaml': wave(deployment('waved-last', 'shop/last:1', 1), 5),
    })
    await driver.declare({ name: 'waved', repoUrl: repository.url, path: 'app' })
    const awaited = await driver.application(
      'waved',
      (one) => operation(one, 'message').startsWith('waiting for'),
      60_000,
    )
    expect(operation(awaited, 'message')).toBe('waiting for healthy state of apps/Deployment/waved-first')
    expect(operation(awaited, 'phase')).toBe('Running')
    expect(await driver.hub.get('v1/ConfigMap', 'default/waved-settings')).toBeUndefined()
    running.killServices()
    const application = await driver.application('waved', (one) => runsHealthy(one, after), 60_000)
    expect(operation(application, 'message')).toBe('successfully synced (no more tasks)')
    expect(valueAt(application, 'status.history')).toHaveLength(1)
    const first = await driver.hub.get('apps/v1/Deployment', 'default/waved-first')
    const settings = await driver.hub.get('v1/ConfigMap', 'default/waved-settings')
    expect(first?.metadata.generation).toBe(1)
    const conditions = valueAt(first, 'status.conditions') as { type: string; lastTransitionTime: string }[]
    const available = conditions.find(({ type }) => type === 'Available')
    expect(available?.lastTransitionTime).toBeDefined()
    expect(String(settings?.metadata.creationTimestamp) >= String(available?.lastTransitionTime)).toBe(true)
    const hops = await untilTraced(driver, after, 'sync.finished')
    expect(hops.filter(({ fact }) => fact === 'sync.started')).toHaveLength(1)
  }, 120_000)

  it('A8.3 a wave that becomes Degraded keeps the next one back, until the next push cures it', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('failing')
    const files = (image: string) => ({
      'app/first.yaml': impatient(wave(deployment('failing-first', image, 1), 0)),
      'app/second.yaml': wave(configMap('failing-second', image), 1),
    })
    const bad = await repository.commit(files('shop/first:bad'))
    const syncPolicy = { automated: {}, retry: { limit: 0 } }
    await driver.declare({ name: 'failing', repoUrl: repository.url, path: 'app', syncPolicy })
    const failed = await driver.application('failing', (one) => operation(one, 'phase') === 'Failed', 60_000)
    expect(operation(failed, 'message')).toMatch(
      /^one or more synchronization tasks completed unsuccessfully, reason: .*progress/i,
    )
    expect(operation(failed, 'syncResult.revision')).toBe(bad.after)
    expect(await driver.hub.get('v1/ConfigMap', 'default/failing-second')).toBeUndefined()
    const cured = await repository.push(files('shop/first:2'))
    await driver.application('failing', (one) => runsHealthy(one, cured), 60_000)
    expect(valueAt(await driver.hub.get('v1/ConfigMap', 'default/failing-second'), 'data.value')).toBe('shop/first:2')
  }, 120_000)

  it('A8.3 A8.7 people sync only what they pick, and end what waits, by the command line', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('picked')
    await repository.commit({
      'app/first.yaml': slowly(deployment('picked-first', 'shop/first:1', 1), 60_000),
      'app/second.yaml': wave(configMap('picked-second', '1'), 1),
      'app/third.yaml': wave(configMap('picked-third', '1'), 1),
    })
    await driver.declare({ name: 'picked', repoUrl: repository.url, path: 'app', syncPolicy: {} })
    await driver.application('picked', (one) => valueAt(one, 'status.sync.status') === 'OutOfSync', 30_000)
    const some = [
      'app',
      'sync',
      'picked',
      '--resource',
      ':ConfigMap:default/picked-second',
      '--wait',
      '--timeout',
      '30s',
    ]
    expect(await k8or(driver, some)).toMatchObject({ code: 0 })
    expect(await driver.hub.get('v1/ConfigMap', 'default/picked-second')).toBeDefined()
    expect(await driver.hub.get('apps/v1/Deployment', 'default/picked-first')).toBeUndefined()
    expect((await k8or(driver, ['app', 'sync', 'picked'])).code).toBe(0)
    await driver.application('picked', (one) => operation(one, 'message').startsWith('waiting for'), 30_000)
    const refused = await k8or(driver, ['app', 'sync', 'picked'])
    expect(refused).toMatchObject({
      code: 2,
      complaints: expect.arrayContaining([expect.stringContaining('already in progress')]),
    })
    expect((await k8or(driver, ['app', 'terminate', 'picked'])).code).toBe(0)
    await driver.application('picked', (one) => operation(one, 'message') === 'Operation terminated', 30_000)
    expect(await driver.hub.get('v1/ConfigMap', 'default/picked-third')).toBeUndefined()
    const again = await k8or(driver, ['app', 'terminate', 'picked'])
    expect(again).toMatchObject({
      code: 2,
      complaints: expect.arrayContaining([expect.stringContaining('no operation')]),
    })
  }, 120_000)
})
