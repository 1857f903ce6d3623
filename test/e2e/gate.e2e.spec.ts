import { request as plainRequest } from 'node:http'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { runsHealthy, valueAt, type KubeObject, type MeshDriver, type KubeAnswer } from '@k8or/rig'
import { condition } from './src/conditions'
import { configMap } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

async function ask(
  driver: MeshDriver,
  path: string,
  token?: string,
  method: 'GET' | 'POST' = 'GET',
): Promise<KubeAnswer> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(driver.value('K8OR_CA'), 'utf8') } })
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  try {
    const answer = await request(`${driver.value('K8OR_URL')}${path}`, { method, headers, dispatcher })
    return { status: answer.statusCode, body: await answer.body.json() }
  } finally {
    await dispatcher.destroy()
  }
}

function project(name: string, spec: Record<string, unknown>): KubeObject {
  const all = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name, namespace: 'argocd' },
    spec: { ...all, ...spec },
  }
}

describe('test/e2e/gate.e2e', () => {
  const mesh = useMesh()
  const token = (): string => mesh().driver.value('K8OR_TOKEN')

  it.each([
    ['without a token', undefined],
    ['with a wrong token', 'not-the-token'],
  ])('C52.1 C8.3 %s the door answers 401, and tells nothing else', async (_, wrong) => {
    const { driver } = mesh()
    for (const path of ['/clusters/in-cluster/api/v1/namespaces', '/clusters/no-such/api', '/anything']) {
      const answer = await ask(driver, path, wrong)
      expect(answer.status).toBe(401)
      expect(JSON.stringify(answer.body)).toMatch(/token/)
    }
    const call = await ask(driver, '/k8or.syncmaster.v1.Applications/List', wrong, 'POST')
    expect(call).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  })

  it('C52.6 plain HTTP is refused at every door', async () => {
    const { driver } = mesh()
    for (const name of ['K8OR_URL', 'K8OR_WEBHOOK_URL']) {
      const url = driver.value(name).replace('https:', 'http:')
      const answer = await new Promise<string>((resolve) => {
        const sent = plainRequest(url, { headers: { authorization: `Bearer ${token()}` } }, (response) => {
          response.resume()
          resolve(String(response.statusCode))
        })
        sent.on('error', () => resolve('refused'))
        sent.end()
      })
      expect(['refused', '400']).toContain(answer)
    }
  })

  it('C52.3 C52.7 kubectl-like reads of the hub pass, and show no credentials', async () => {
    const { driver } = mesh()
    const one = await ask(driver, '/clusters/in-cluster/api/v1/namespaces/argocd', token())
    expect(one).toMatchObject({ status: 200, body: { kind: 'Namespace', metadata: { name: 'argocd' } } })
    const list = await ask(
      driver,
      '/clusters/in-cluster/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects',
      token(),
    )
    expect(list.body.items.map((item: KubeObject) => item.metadata.name)).toContain('default')
    const none = await ask(driver, '/clusters/in-cluster/api/v1/namespaces/argocd/configmaps/no-such', token())
    expect(none).toMatchObject({ status: 404, body: { kind: 'Status', reason: 'NotFound' } })
  })

  it('C52.3 an unknown cluster is an error that names it, never a default', async () => {
    const { driver } = mesh()
    for (const name of ['no-such', '', '..', 'IN-CLUSTER']) {
      const answer = await ask(driver, `/clusters/${name}/api/v1/namespaces`, token())
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.body.items).toBeUndefined()
    }
    expect((await ask(driver, '/clusters/no-such/api', token())).body.message).toContain('no-such')
  })

  it('C52.8 people reach services through the door alone, and only what services offer to people', async () => {
    const { driver } = mesh()
    for (const method of ['k8or.accesspoint.v1.Settings/GetRepository', 'k8or.accesspoint.v1.Certificates/Sign']) {
      const answer = await ask(driver, `/${method}`, token(), 'POST')
      expect(answer.status).toBeGreaterThanOrEqual(403)
    }
  })

  it('A10 C52.2 a project that forbids the namespace is named on the condition, and nothing reaches the cluster', async () => {
    const { driver } = mesh()
    const destinations = [{ server: 'https://kubernetes.default.svc', namespace: 'team-a' }]
    await driver.hub.apply(project('narrow', { destinations }))
    const repository = await driver.repository('narrow')
    await repository.commit({ 'app/c.yaml': configMap('narrow', '1') })
    await driver.declare({ name: 'narrow', repoUrl: repository.url, path: 'app', project: 'narrow' })
    const message = await condition(driver, 'narrow', 'InvalidSpecError')
    expect(message).toContain("project 'narrow'")
    expect(message).toContain("namespace 'default'")
    await delay(500)
    expect(await driver.hub.get('v1/ConfigMap', 'default/narrow')).toBeUndefined()
  }, 60_000)

  it('A10 C52.5 a forbidden source is named, and a change of the project counts at once', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('foreign')
    await repository.commit({ 'app/c.yaml': configMap('foreign', '1') })
    await driver.hub.apply(project('picky', { sourceRepos: ['https://git.example.com/*'] }))
    await driver.declare({ name: 'foreign', repoUrl: repository.url, path: 'app', project: 'picky' })
    const message = await condition(driver, 'foreign', 'InvalidSpecError')
    expect(message).toContain(repository.url)
    expect(message).toContain("project 'picky'")
    expect(await driver.hub.get('v1/ConfigMap', 'default/foreign')).toBeUndefined()
    await driver.hub.apply(project('picky', { sourceRepos: [repository.url] }))
    await driver.application('foreign', (application) => runsHealthy(application), 30_000)
  }, 60_000)

  it('A10 C52.2 a forbidden kind is named with object and project, and the rest of the set syncs', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('kinds')
    await repository.commit({
      'app/c.yaml': configMap('kinds', '1'),
      'app/n.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: smuggled }\n',
      'app/s.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: smuggled }\n',
    })
    const namespaceResourceBlacklist = [{ group: '', kind: 'Secret' }]
    await driver.hub.apply(project('no-secrets', { namespaceResourceBlacklist }))
    await driver.declare({ name: 'kinds', repoUrl: repository.url, path: 'app', project: 'no-secrets' })
    const message = await condition(driver, 'kinds', 'SyncError')
    expect(message).toContain('smuggled')
    expect(message).toContain('project no-secrets')
    expect(await driver.hub.get('v1/ConfigMap', 'default/kinds')).toBeDefined()
    expect(await driver.hub.get('v1/Secret', 'default/smuggled')).toBeUndefined()
    expect(await driver.hub.get('v1/Namespace', 'smuggled')).toBeUndefined()
    const application = await driver.hub.get('argoproj.io/v1alpha1/Application', 'argocd/kinds')
    const results = valueAt(application, 'status.operationState.syncResult.resources') as {
      kind: string
      status: string
    }[]
    expect(results.filter(({ status }) => status === 'SyncFailed').map(({ kind }) => kind)).toEqual([
      'Namespace',
      'Secret',
    ])
  }, 60_000)

  it('C52.9 A10 a project that does not exist permits nothing', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('orphan')
    await repository.commit({ 'app/c.yaml': configMap('orphan', '1') })
    await driver.declare({ name: 'orphan', repoUrl: repository.url, path: 'app', project: 'nobody' })
    expect(await condition(driver, 'orphan', 'InvalidSpecError')).toContain('nobody')
    expect(await driver.hub.get('v1/ConfigMap', 'default/orphan')).toBeUndefined()
  }, 60_000)
})
