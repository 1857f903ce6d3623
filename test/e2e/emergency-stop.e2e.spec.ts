import { eventually, runsHealthy, valueAt, type DrivenRepository } from '@k8or/rig'
import { k8or, k8orJson } from './src/command'
import { condition, conditionsOf } from './src/conditions'
import { configMap } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { bothModes } from './src/modes'

describe.each(bothModes)('test/e2e/emergency-stop.e2e in mode %s', (mode) => {
  const mesh = useMesh({ mode })
  let repository: DrivenRepository

  const live = async (): Promise<unknown> =>
    valueAt(await mesh().driver.hub.get('v1/ConfigMap', 'default/held'), 'data.value')

  beforeAll(async () => {
    const { driver } = mesh()
    repository = await driver.repository('held')
    await repository.commit({ 'app/c.yaml': configMap('held', '1') })
    await driver.declare({ name: 'held', repoUrl: repository.url, path: 'app' })
    await driver.application('held', (application) => runsHealthy(application), 60_000)
  }, 120_000)

  it('applies nothing of a push while it stands, also after a crash, says by whom and why, and applies it once lifted', async () => {
    const { driver, mesh: running } = mesh()
    const raised = await k8orJson(driver, ['emergency-stop', 'raise', '--reason', 'the database burns'])
    expect(raised).toMatchObject({ cluster: '', actor: 'user:admin', reason: 'the database burns' })
    const commit = await repository.push({ 'app/c.yaml': configMap('held', '2') })
    const why = await condition(driver, 'held', 'SyncError')
    expect(why).toMatch(/the mesh was stopped by user:admin at .*: the database burns; .*k8or emergency-stop lift/)
    expect(await live()).toBe('1')
    expect(JSON.stringify(await k8orJson(driver, ['why', 'held']))).toContain('the database burns')

    running.killServices()
    const isListed = async () => {
      const { code, out } = await k8or(driver, ['emergency-stop', 'list', '-o', 'json'])
      return code === 0 && out.includes('the database burns')
    }
    await eventually(isListed, { timeoutMs: 30_000, stepMs: 200 })
    const second = await eventually(() => repository.push({ 'app/c.yaml': configMap('held', '3') }), {
      timeoutMs: 30_000,
    })
    expect(second).not.toBe(commit)
    const isSeen = (one: unknown): boolean => valueAt(one, 'status.sync.revision') === second
    await driver.application(
      'held',
      (one) => isSeen(one) && conditionsOf(one).some(({ message }) => message.includes('burns')),
      60_000,
    )
    expect(await live()).toBe('1')

    const begun = Date.now()
    await k8orJson(driver, ['emergency-stop', 'lift', '--reason', 'it is out'])
    await driver.hub.watchUntil('v1/ConfigMap', 'default/held', (one) => valueAt(one, 'data.value') === '3', 30_000)
    expect(Date.now() - begun).toBeLessThan(5_000)
    const after = await driver.application('held', (one) => runsHealthy(one, second), 30_000)
    expect(conditionsOf(after)).toEqual([])
  }, 180_000)

  it('leaves what somebody changes by hand while it stands over the cluster, lets people act, and heals afterwards', async () => {
    const { driver } = mesh()
    await k8orJson(driver, ['emergency-stop', 'raise', '--cluster', 'in-cluster', '--reason', 'by hand for now'])
    await driver.hub.apply({ ...configMapObject('4') })
    expect(await condition(driver, 'held', 'SyncError')).toContain('cluster in-cluster was stopped by user:admin')
    expect(await live()).toBe('4')
    await k8orJson(driver, ['emergency-stop', 'lift', '--cluster', 'in-cluster', '--reason', 'done'])
    await driver.hub.watchUntil('v1/ConfigMap', 'default/held', (one) => valueAt(one, 'data.value') === '3', 30_000)
  }, 60_000)

  it('asks for a reason', async () => {
    const { driver } = mesh()
    expect(await k8or(driver, ['emergency-stop', 'raise'])).toMatchObject({ code: 2 })
    const blank = await k8or(driver, ['emergency-stop', 'raise', '--reason', ' '])
    expect(blank).toMatchObject({ code: 2, complaints: [expect.stringContaining('say why')] })
    expect(await k8orJson(driver, ['emergency-stop', 'list'])).toEqual([])
  }, 60_000)
})

function configMapObject(value: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', namespace: 'default' }, data: { value } }
}
