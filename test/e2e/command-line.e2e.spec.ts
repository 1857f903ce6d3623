import { eventually, freePort, runsHealthy, valueAt, type DrivenRepository } from '@k8or/rig'
import { k8or, k8orJson } from './src/command'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { untilTraced } from './src/traces'

interface Hop {
  readonly fact: string
  readonly sinceStartMs: number
}

describe('test/e2e/command-line.e2e', () => {
  const mesh = useMesh()
  let repository: DrivenRepository
  let commit = ''

  beforeAll(async () => {
    const { driver } = mesh()
    repository = await driver.repository('shop')
    await repository.commit({ 'app/w.yaml': deployment('shop', 'shop/web:1', 1), 'app/c.yaml': configMap('shop', '1') })
    await driver.declare({ name: 'shop', repoUrl: repository.url, path: 'app' })
    await driver.application('shop', (application) => runsHealthy(application), 60_000)
    commit = await repository.push({ 'app/c.yaml': configMap('shop', '2') })
    await driver.application('shop', (application) => runsHealthy(application, commit), 30_000)
    const byHand = await driver.repository('by-hand')
    await byHand.commit({ 'app/c.yaml': configMap('by-hand', '1') })
    await driver.declare({ name: 'by-hand', repoUrl: byHand.url, path: 'app', syncPolicy: {} })
    await driver.application('by-hand', (one) => valueAt(one, 'status.sync.status') === 'OutOfSync', 30_000)
  }, 120_000)

  it('app list and app get tell what the Applications tell', async () => {
    const { driver } = mesh()
    const list = await k8orJson<Record<string, unknown>[]>(driver, ['app', 'list'])
    expect(list.map(({ name }) => valueAt(name, 'name'))).toEqual(['by-hand', 'shop'])
    expect(list[1]).toMatchObject({
      project: 'default',
      syncStatus: 'Synced',
      healthStatus: 'Healthy',
      revision: commit,
      release: '2',
      automated: true,
      conditions: [],
      sources: [{ repoUrl: repository.url, path: 'app', targetRevision: 'main' }],
    })
    const one = await k8orJson<Record<string, unknown>>(driver, ['app', 'get', 'shop'])
    expect(one['application']).toEqual(list[1])
    expect(one['resources']).toEqual([
      expect.objectContaining({ kind: 'ConfigMap', namespace: 'default', name: 'shop', syncStatus: 'Synced' }),
      expect.objectContaining({ group: 'apps', kind: 'Deployment', name: 'shop', healthStatus: 'Healthy' }),
    ])
    const names = await k8or(driver, ['app', 'list', '-o', 'name', '--project', 'default'])
    expect(names).toMatchObject({ code: 0, out: 'argocd/by-hand\nargocd/shop\n' })
    expect((await k8or(driver, ['app', 'list', '-o', 'table'])).out).toMatch(/^NAME +PROJECT +SYNC +HEALTH/)
    expect(await k8orJson(driver, ['app', 'list', '--project', 'nobody'])).toEqual([])
  }, 60_000)

  it('C108.2 C108.4 app diff, app sync and app wait bring an Application in sync by hand', async () => {
    const { driver } = mesh()
    const diff = await k8or(driver, ['app', 'diff', 'by-hand', '-o', 'json'])
    expect(diff.code).toBe(1)
    expect(JSON.parse(diff.out)).toMatchObject({
      objects: [{ change: 'create', resource: { kind: 'ConfigMap', name: 'by-hand' } }],
    })
    const waited = await k8or(driver, ['app', 'wait', 'by-hand', '--timeout', '500ms'])
    expect(waited.code).toBe(1)
    expect(waited.complaints.join('\n')).toContain('k8or why by-hand')
    const dry = await k8or(driver, ['app', 'sync', 'by-hand', '--dry-run', '-o', 'json'])
    expect(dry.code).toBe(0)
    expect(JSON.parse(dry.out)).toMatchObject({
      phase: 'Succeeded',
      objects: [{ kind: 'ConfigMap', name: 'default/by-hand', action: 'create', result: 'Synced' }],
    })
    expect(await driver.hub.get('v1/ConfigMap', 'default/by-hand')).toBeUndefined()
    const synced = await k8or(driver, ['app', 'sync', 'by-hand', '--wait', '--timeout', '20s', '-o', 'json'])
    expect(synced).toMatchObject({ code: 0, complaints: [] })
    expect(JSON.parse(synced.out)).toMatchObject({ application: { syncStatus: 'Synced', phase: 'Succeeded' } })
    expect((await k8or(driver, ['app', 'diff', 'by-hand'])).code).toBe(0)
    expect((await k8or(driver, ['app', 'wait', 'by-hand', '--timeout', '20s'])).code).toBe(0)
    const history = await k8orJson<Record<string, unknown>[]>(driver, ['app', 'history', 'by-hand'])
    expect(history).toEqual([expect.objectContaining({ initiatedBy: 'admin', release: '1' })])
  }, 90_000)

  it('app sync and app wait end at once, with the reason, when waiting is of no use', async () => {
    const { driver } = mesh()
    const hopeless = await driver.repository('hopeless')
    const service = (port: number) =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: hopeless }\nspec: { ports: [{ port: ${String(port)} }] }\n`
    await hopeless.commit({ 'app/c.yaml': configMap('hopeless', '1'), 'app/s.yaml': service(99_999) })
    await driver.declare({ name: 'hopeless', repoUrl: hopeless.url, path: 'app', syncPolicy: {} })
    await driver.application('hopeless', (one) => valueAt(one, 'status.sync.status') === 'OutOfSync', 30_000)
    const begun = performance.now()
    const inVain = async (args: string[], complaint: RegExp) => {
      const end = await k8or(driver, [...args, '--timeout', '60s', '-o', 'table'])
      expect({ args, code: end.code }).toEqual({ args, code: 1 })
      expect(end.complaints.join('\n')).toMatch(complaint)
      return end
    }
    const dry = await inVain(['app', 'sync', 'hopeless', '--dry-run'], /ended Failed: .*spec\.ports/)
    expect(dry.out).toMatch(/Service +default\/hopeless +create +SyncFailed .*spec\.ports/)
    const failed = await inVain(['app', 'sync', 'hopeless', '--wait'], /ended Failed: .*spec\.ports/)
    expect(failed.out).toMatch(/Service +default\/hopeless +OutOfSync +Missing +apply Service .*spec\.ports/)
    await inVain(['app', 'wait', 'hopeless'], /ended Failed: .*spec\.ports/)
    const next = await hopeless.push({ 'app/c.yaml': null, 'app/s.yaml': service(80) })
    await driver.application('hopeless', (one) => valueAt(one, 'status.sync.revision') === next, 30_000)
    const unpruned = /1 objects that left the sources require pruning \(ConfigMap default\/hopeless\)[^]*--prune/
    await inVain(['app', 'sync', 'hopeless', '--wait'], unpruned)
    await inVain(['app', 'wait', 'hopeless'], unpruned)
    expect(performance.now() - begun).toBeLessThan(30_000)
    expect((await k8or(driver, ['app', 'diff', 'hopeless', '-o', 'table'])).out).toContain('needs --prune')
    expect((await k8or(driver, ['app', 'sync', 'hopeless', '--prune', '--wait', '--timeout', '30s'])).code).toBe(0)
  }, 90_000)

  it('A6.4 app diff names each field with the live value, and values of Secrets never', async () => {
    const { driver } = mesh()
    const secrets = await driver.repository('secrets')
    const secret = (value: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: hidden }\nstringData: { password: ${value} }\n`
    const files = { 'app/s.yaml': secret('one-secret'), 'app/c.yaml': configMap('shown', '1') }
    const { after } = await secrets.commit(files)
    await driver.declare({ name: 'secrets', repoUrl: secrets.url, path: 'app', syncPolicy: {} })
    await driver.application('secrets', (one) => valueAt(one, 'status.sync.status') === 'OutOfSync', 30_000)
    const synced = await k8or(driver, ['app', 'sync', 'secrets', '--wait', '--timeout', '20s'])
    expect(synced.complaints).toEqual([])
    await driver.application('secrets', (one) => runsHealthy(one, after))
    const next = await secrets.push({ 'app/s.yaml': secret('two-secret'), 'app/c.yaml': configMap('shown', '2') })
    await driver.application('secrets', (one) => valueAt(one, 'status.sync.revision') === next, 30_000)
    const diff = await k8or(driver, ['app', 'diff', 'secrets', '-o', 'json'])
    expect(diff.code).toBe(1)
    expect(JSON.parse(diff.out)).toMatchObject({
      objects: expect.arrayContaining([
        expect.objectContaining({
          resource: expect.objectContaining({ name: 'shown' }) as unknown,
          change: 'configure',
          fields: [expect.objectContaining({ path: expect.stringContaining('data.value') as string })],
        }),
        expect.objectContaining({
          resource: expect.objectContaining({ name: 'hidden' }) as unknown,
          change: 'configure',
        }),
      ]) as unknown,
    })
    for (const text of ['one-secret', 'two-secret']) {
      expect(diff.out).not.toContain(text)
      expect(diff.out).not.toContain(Buffer.from(text).toString('base64'))
    }
  }, 90_000)

  it('C56.2 trace tells the hops of a deployment in order, by application and by commit', async () => {
    const { driver } = mesh()
    await untilTraced(driver, commit, 'health.changed')
    const byCommit = await k8orJson<{ hops: Hop[]; correlationId: string }>(driver, [
      'trace',
      '--commit',
      commit.slice(0, 10),
    ])
    const facts = byCommit.hops.map(({ fact }) => fact).filter((fact) => fact !== 'access.recorded')
    const order = [
      'delivery.received',
      'revision.observed',
      'release.rendered',
      'sync.planned',
      'sync.started',
      'sync.finished',
    ]
    expect(facts).toEqual([...order, 'health.changed'])
    expect(byCommit.correlationId).not.toBe('')
    const times = byCommit.hops.map(({ sinceStartMs }) => sinceStartMs)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    const byName = await k8orJson<{ hops: Hop[] }>(driver, ['trace', 'shop'])
    expect(byName.hops).toEqual(byCommit.hops)
    expect((await k8or(driver, ['trace', 'shop', '-o', 'table'])).out).toMatch(/^AFTER +TOOK/)
  }, 60_000)

  it('C108.5 trace and why tell what drifted, which fields, by whom, and that it was put back', async () => {
    const { driver } = mesh()
    await driver.hub.patch('v1/ConfigMap', 'default/shop', { data: { value: 'by hand' } })
    const isHealed = (object: unknown): boolean => valueAt(object, 'data.value') === '2'
    await driver.hub.watchUntil('v1/ConfigMap', 'default/shop', isHealed, 10_000)
    const drifts = await eventually(async () => {
      const trace = await k8orJson<{ drifts: Record<string, unknown>[] }>(driver, ['trace', 'shop'])
      return trace.drifts.some((drift) => drift['repairedAt'] !== '') && trace.drifts
    })
    expect(drifts).toMatchObject([{ kind: 'ConfigMap', name: 'shop', how: 'changed', fields: ['.data.value'] }])
    const decisions = await k8orJson<{ reason: string }[]>(driver, ['why', 'shop'])
    const told = expect.stringContaining('put back ConfigMap default/shop: .data.value changed by') as string
    expect(decisions).toContainEqual(expect.objectContaining({ decision: 'healed', reason: told }))
  }, 60_000)

  it('why, cluster list, dead-letters list and app tree answer', async () => {
    const { driver } = mesh()
    const decisions = await k8orJson<Record<string, unknown>[]>(driver, ['why', 'shop'])
    expect(decisions[0]).toEqual({ at: expect.any(String), decision: expect.any(String), reason: expect.any(String) })
    expect(await k8orJson(driver, ['cluster', 'list'])).toEqual([
      expect.objectContaining({ name: 'in-cluster', server: 'https://kubernetes.default.svc', reachable: true }),
    ])
    expect(await k8orJson(driver, ['dead-letters', 'list'])).toEqual([])
    const tree = await k8orJson<{ nodes: { kind: string }[] }>(driver, ['app', 'tree', 'shop'])
    expect(tree.nodes.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['ConfigMap', 'Deployment', 'ReplicaSet', 'Pod']),
    )
  }, 60_000)

  it('C52.1 what goes wrong is one clear line, a next step, and exit code 2', async () => {
    const { driver } = mesh()
    const nobody = `https://localhost:${String(await freePort())}`
    const cases: [string[], Record<string, string>, RegExp, RegExp][] = [
      [['app', 'get', 'shop'], { K8OR_TOKEN: 'wrong' }, /token/, /K8OR_TOKEN/],
      [['app', 'get', 'shop'], { K8OR_URL: nobody }, new RegExp(`${nobody} can not be reached`), /make up/],
      [['app', 'get', 'no-such'], {}, /there is no application no-such/, /app list/],
      [['app', 'sync', 'no-such'], {}, /there is no application no-such/, /app list/],
      [['app', 'diff', 'no-such'], {}, /there is no application no-such/, /app list/],
      [['app', 'wait', 'no-such'], {}, /there is no application no-such/, /app list/],
      [['why', 'no-such'], {}, /there is no application no-such/, /app list/],
      [['trace', 'no-such'], {}, /no-such/, /app list/],
      [['app', 'get', 'shop'], { K8OR_CA: '/no/such/ca.crt' }, /\/no\/such\/ca\.crt/, /ca\.crt/],
    ]
    for (const [args, environment, first, second] of cases) {
      const end = await k8or(driver, args, environment)
      expect({ args, code: end.code, out: end.out }).toEqual({ args, code: 2, out: '' })
      expect(end.complaints).toHaveLength(2)
      expect(end.complaints[0]).toMatch(first)
      expect(end.complaints[1]).toMatch(second)
    }
    const unknown = await k8or(driver, ['trace', '--commit', 'f'.repeat(40)])
    expect(unknown).toMatchObject({ code: 2, complaints: [expect.stringContaining('ffff')] })
    expect((await k8or(driver, ['app', 'frobnicate'])).code).toBe(2)
    expect((await k8or(driver, ['app', 'wait', 'shop', '--timeout', 'soon'])).code).toBe(2)
  }, 60_000)
})
