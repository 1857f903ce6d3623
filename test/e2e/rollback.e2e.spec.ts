import { runsHealthy, valueAt, type DrivenRepository } from '@k8or/rig'
import { k8or, k8orJson } from './src/command'
import { condition, conditionsOf } from './src/conditions'
import { configMap } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { bothModes } from './src/modes'

describe.each(bothModes)('test/e2e/rollback.e2e in mode %s', (mode) => {
  const mesh = useMesh({ mode })
  let repository: DrivenRepository

  const untilValue = (value: string) =>
    mesh().driver.hub.watchUntil('v1/ConfigMap', 'default/back', (one) => valueAt(one, 'data.value') === value, 30_000)
  const app = (...args: string[]) => k8orJson<Record<string, unknown>>(mesh().driver, ['app', ...args])

  beforeAll(async () => {
    const { driver } = mesh()
    repository = await driver.repository('back')
    await repository.commit({ 'app/c.yaml': configMap('back', '1') })
    await driver.declare({ name: 'back', repoUrl: repository.url, path: 'app' })
    await driver.application('back', (application) => runsHealthy(application), 60_000)
    const second = await repository.push({
      'app/c.yaml': configMap('back', '2'),
      'app/d.yaml': configMap('extra', '2'),
    })
    await driver.application('back', (application) => runsHealthy(application, second), 60_000)
  }, 120_000)

  it('A8.9 goes back in seconds, stays there through a push and a crash, and goes on when it is resumed', async () => {
    const { driver, mesh: running } = mesh()
    const taken = await app('rollback', 'back', '--reason', 'it burns')
    expect(taken).toMatchObject({ release: '1', from: '2' })
    await untilValue('1')
    expect(await condition(driver, 'back', 'HoldWarning')).toMatch(
      /held at release 1 by user:admin since .*: it burns; it goes on when somebody resumes it \(k8or app resume back\)/,
    )
    const commit = await repository.push({ 'app/c.yaml': configMap('back', '3') })
    running.killServices()
    await driver.application('back', (one) => valueAt(one, 'status.sync.revision') === commit, 60_000)
    expect(valueAt(await driver.hub.get('v1/ConfigMap', 'default/back'), 'data.value')).toBe('1')
    expect((await app('get', 'back'))['application']).toMatchObject({
      syncStatus: 'OutOfSync',
      hold: { kind: 'hold', release: '1', actor: 'user:admin' },
    })
    expect(JSON.stringify(await k8orJson(driver, ['why', 'back']))).toContain('release 3 waits')

    expect(await app('resume', 'back')).toMatchObject({ lifted: [{ release: '1' }], automated: true })
    await untilValue('3')
    await driver.application('back', (application) => runsHealthy(application, commit), 30_000)
  }, 180_000)

  it('reverts git in one commit, and is held only until that is rendered', async () => {
    const { driver } = mesh()
    const taken = await app('rollback', 'back', '--release', '1', '--git', '--prune', '--reason', 'a bad image')
    const [commit = ''] = taken['commits'] as string[]
    await untilValue('1')
    await driver.application('back', (one) => runsHealthy(one, commit) && conditionsOf(one).length === 0, 60_000)
    const { application } = (await app('get', 'back')) as { application: Record<string, unknown> }
    expect(application).toMatchObject({ syncStatus: 'Synced', conditions: [] })
    expect(application).not.toHaveProperty('hold')
    expect(await driver.hub.get('v1/ConfigMap', 'default/extra')).toBeUndefined()
    const next = await repository.push({ 'app/c.yaml': configMap('back', '5') })
    await untilValue('5')
    expect(next).not.toBe(commit)
  }, 120_000)

  it('says which releases are kept, and what it does not understand', async () => {
    const { driver } = mesh()
    const unknown = await k8or(driver, ['app', 'rollback', 'back', '--release', '99'])
    expect(unknown).toMatchObject({
      code: 2,
      complaints: [expect.stringMatching(/has no release 99: kept are \d/), expect.anything()],
    })
    const both = await k8or(driver, ['app', 'rollback', 'back', '1', '--release', '1'])
    expect(both).toMatchObject({
      code: 2,
      complaints: [expect.stringContaining('name one release'), expect.anything()],
    })
  }, 60_000)

  it('lists the releases that are kept, and tells what changed between two', async () => {
    const { driver } = mesh()
    const { releases } = await k8orJson<{ releases: { number: string }[] }>(driver, ['release', 'list', 'back'])
    expect(releases.map(({ number }) => number)).toEqual(['5', '4', '3', '2', '1'])
    const { objects } = await k8orJson<{ objects: unknown[] }>(driver, ['release', 'diff', 'back', '1', '2'])
    expect(objects).toMatchObject([
      {
        kind: 'ConfigMap',
        name: 'back',
        change: 'changed',
        fields: [{ path: '.data.value', before: '"1"', after: '"2"' }],
      },
      { name: 'extra', change: 'added' },
    ])
    expect(await k8or(driver, ['release', 'diff', 'back', '1', '1'])).toMatchObject({ code: 0 })
  }, 60_000)

  it('suspended, it leaves everything alone until it is resumed', async () => {
    const { driver } = mesh()
    await app('suspend', 'back', '--reason', 'an audit')
    expect(await condition(driver, 'back', 'SuspendedWarning')).toContain('suspended by user:admin')
    const commit = await repository.push({ 'app/c.yaml': configMap('back', '6') })
    await driver.application('back', (one) => valueAt(one, 'status.sync.revision') === commit, 30_000)
    expect(await k8or(driver, ['app', 'sync', 'back', '--wait', '--timeout', '20s'])).toMatchObject({ code: 1 })
    expect(valueAt(await driver.hub.get('v1/ConfigMap', 'default/back'), 'data.value')).toBe('5')
    await app('resume', 'back')
    await untilValue('6')
  }, 120_000)
})
