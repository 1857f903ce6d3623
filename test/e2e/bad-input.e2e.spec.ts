import { githubPush, runsHealthy, valueAt } from '@k8or/rig'
import { condition, conditionsOf } from './src/conditions'
import { configMap } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

describe('test/e2e/bad-input.e2e', () => {
  const mesh = useMesh()

  it('A2 an unknown repository is named on the Application', async () => {
    const { driver } = mesh()
    await driver.declare({ name: 'nowhere', repoUrl: `${driver.value('K8OR_GIT_URL')}/nowhere.git`, path: 'app' })
    expect(await condition(driver, 'nowhere', 'ComparisonError')).toContain('nowhere.git')
  }, 60_000)

  it('A2 a missing path is named with its revision, and is cured by a push', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('no-path')
    const { after } = await repository.commit({ 'app/c.yaml': configMap('no-path', '1') })
    await driver.declare({ name: 'no-path', repoUrl: repository.url, path: 'missing' })
    const message = await condition(driver, 'no-path', 'ComparisonError')
    expect(message).toContain('missing')
    expect(message).toContain(after.slice(0, 7))
    const cured = await repository.push({ 'missing/c.yaml': configMap('no-path', '2') })
    const application = await driver.application('no-path', (one) => runsHealthy(one, cured), 30_000)
    expect(conditionsOf(application)).toEqual([])
  }, 90_000)

  it('broken YAML is named with file and line, and the release before it stays', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('broken')
    await repository.commit({ 'app/c.yaml': configMap('broken', '1') })
    await driver.declare({ name: 'broken', repoUrl: repository.url, path: 'app' })
    await driver.application('broken', (application) => runsHealthy(application), 60_000)
    await repository.push({ 'app/c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [broken\n' })
    expect(await condition(driver, 'broken', 'ComparisonError')).toMatch(/c\.yaml.*\d/)
    expect(valueAt(await driver.hub.get('v1/ConfigMap', 'default/broken'), 'data.value')).toBe('1')
  }, 90_000)

  it('an object that the API server refuses is named with its field, and the rest of the set syncs', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('refused')
    await repository.commit({
      'app/a.yaml': configMap('refused-rest', '1'),
      'app/b.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: refused }\nspec: { ports: [{ port: 99999 }] }\n',
    })
    await driver.declare({ name: 'refused', repoUrl: repository.url, path: 'app' })
    const message = await condition(driver, 'refused', 'SyncError')
    expect(message).toContain('refused')
    expect(message).toContain('spec.ports')
    expect(await driver.hub.get('v1/ConfigMap', 'default/refused-rest')).toBeDefined()
  }, 60_000)

  it('C56.7 an unreachable cluster is named and slows nobody', async () => {
    const { driver } = mesh()
    await driver.hub.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'dead', namespace: 'argocd', labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
      stringData: { name: 'dead', server: 'https://127.0.0.1:1', config: '{"tlsClientConfig":{"insecure":true}}' },
    })
    const repository = await driver.repository('dead')
    await repository.commit({ 'app/c.yaml': configMap('dead', '1') })
    await driver.declare({ name: 'dead', repoUrl: repository.url, path: 'app', server: 'https://127.0.0.1:1' })
    await driver.declare({ name: 'alive', repoUrl: repository.url, path: 'app' })
    await driver.application('alive', (application) => runsHealthy(application), 30_000)
    const application = await driver.application('dead', (one) => conditionsOf(one).length > 0, 30_000)
    expect(
      conditionsOf(application)
        .map((one) => one.message)
        .join(),
    ).toContain('dead')
    const begin = performance.now()
    await repository.push({ 'app/c.yaml': configMap('dead', '2') })
    await driver.hub.watchUntil('v1/ConfigMap', 'default/dead', (object) => valueAt(object, 'data.value') === '2')
    expect(performance.now() - begin).toBeLessThan(5_000)
  }, 90_000)

  it('C100.2 a forged signature is refused with 401', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('forged')
    const { after } = await repository.commit({ 'app/c.yaml': configMap('forged', '1') })
    const webhook = githubPush({ repoUrl: repository.url, after }, 'not-the-secret')
    const answer = await driver.people.post(driver.value('K8OR_WEBHOOK_URL'), webhook.body, webhook.headers)
    expect(answer.status).toBe(401)
    expect(JSON.stringify(answer.body)).toMatch(/X-Hub-Signature-256 does not match/)
  }, 60_000)

  it('A16 a body of 60 MB is refused with 413', async () => {
    const { driver } = mesh()
    const headers = { 'content-type': 'application/json', 'x-github-event': 'push' }
    const body = Buffer.alloc(60 << 20, ' ')
    const refused = driver.people.post(driver.value('K8OR_WEBHOOK_URL'), body, headers)
    await expect(
      refused.then(
        (answer) => answer.status,
        () => 413,
      ),
    ).resolves.toBe(413)
  }, 60_000)
})
