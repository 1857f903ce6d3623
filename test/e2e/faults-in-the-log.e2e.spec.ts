import { eventually, githubPush, valueAt, type DrivenRepository, type MeshDriver } from '@k8or/rig'
import { k8or } from './src/command'
import { condition } from './src/conditions'
import { logText, warnings, type LogLine } from './src/log-lines'
import { configMap } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

const canary = 'canary-7f3a'
const brokenYaml = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: [broken\nstringData: { password: ${canary} }\n`
const refusedService =
  'apiVersion: v1\nkind: Service\nmetadata: { name: refused }\nspec: { ports: [{ port: 99999 }] }\n'
const refusedSecret = `apiVersion: v1\nkind: Secret\nmetadata: { name: refused }\nstringData: { password: [${canary}] }\n`

async function declareCluster(driver: MeshDriver, name: string, server: string, config: string): Promise<void> {
  const labels = { 'argocd.argoproj.io/secret-type': 'cluster' }
  const metadata = { name: `${name}-secret`, namespace: 'argocd', labels }
  await driver.hub.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { name, server, config } })
}

describe('test/e2e/faults-in-the-log.e2e', () => {
  const mesh = useMesh()
  let repository: DrivenRepository

  beforeAll(async () => {
    const { driver } = mesh()
    repository = await driver.repository('faults')
    await repository.commit({
      'app/c.yaml': configMap('faults', '1'),
      'broken/c.yaml': brokenYaml,
      'refused/a.yaml': configMap('refused-rest', '1'),
      'refused/b.yaml': refusedService,
      'refused/c.yaml': refusedSecret,
    })
    await declareCluster(driver, 'dead', 'https://127.0.0.1:1', '{"tlsClientConfig":{"insecure":true}}')
    await declareCluster(driver, 'malformed', 'https://127.0.0.1:2', `{"bearerToken": "${canary}"`)
    const { url: repoUrl } = repository
    await driver.declare({ name: 'nowhere', repoUrl: `${driver.value('K8OR_GIT_URL')}/nowhere.git`, path: 'app' })
    for (const path of ['missing', 'broken', 'refused']) await driver.declare({ name: path, repoUrl, path })
    await driver.declare({ name: 'dead', repoUrl, path: 'app', server: 'https://127.0.0.1:1' })
    await driver.declare({ name: 'malformed', repoUrl, path: 'app', server: 'https://127.0.0.1:2' })
    await driver.declare({ name: 'nameless', repoUrl, path: 'app', namespace: '' })
  }, 60_000)

  /** The one warning of the log that a pattern matches; there must be no second one. */
  const theOnly = (pattern: RegExp): Promise<LogLine> =>
    eventually(
      () => {
        const found = warnings(mesh().mesh).filter(({ msg }) => pattern.test(msg))
        expect(found.length).toBeLessThan(2)
        return Promise.resolve(found[0])
      },
      { timeoutMs: 30_000, what: `${String(pattern)} in the log` },
    )

  it('A2 an unknown repository: its url, the field, and what to check', async () => {
    const line = await theOnly(/nowhere\.git was not found: check repoURL, and whether it needs a Secret/)
    expect(line).toMatchObject({ name: 'chartstore', application: 'argocd/nowhere' })
  }, 60_000)

  it('A2 a missing path: the path, repository and commit, and what to correct', async () => {
    const line = await theOnly(
      /path "missing" of .*faults\.git at main \([0-9a-f]{8}\) does not exist; correct the path/,
    )
    expect(line).toMatchObject({ application: 'argocd/missing', problems: [{ field: 'spec.source.path' }] })
  }, 60_000)

  it('broken YAML: file, line and column, and what to correct', async () => {
    const line = await theOnly(/c\.yaml \(line \d+, column \d+\): .*; correct the file and push/)
    expect(line).toMatchObject({ application: 'argocd/broken' })
  }, 60_000)

  it('an object that the API server refuses: object, field, cause and next step, once however often it is tried', async () => {
    const { driver } = mesh()
    const isRetried = (one: unknown) => Number(valueAt(one, 'status.operationState.retryCount') ?? 0) >= 2
    await driver.application('refused', isRetried, 40_000)
    const service = await theOnly(
      /apply Service default\/refused .*spec\.ports\[0\]\.port: .*; correct Service refused/,
    )
    expect(service).toMatchObject({ name: 'syncmaster', application: 'refused' })
    const secret = await theOnly(/apply Secret default\/refused .*; correct Secret refused in its source/)
    expect(secret).toMatchObject({ name: 'syncmaster', application: 'refused' })
  }, 60_000)

  it('C56.7 an unreachable cluster: which, its error and what to check; since when on its Applications', async () => {
    const { driver } = mesh()
    const next = 'check that it runs, and server and config in its Secret'
    const line = await theOnly(new RegExp(`^cluster dead does not answer: .*ECONNREFUSED.*; ${next}`))
    expect(line).toMatchObject({ name: 'accesspoint', cluster: 'dead', server: 'https://127.0.0.1:1' })
    const since = /cluster dead does not answer \(since 20[^ ]+Z\): .*ECONNREFUSED/
    expect(await theOnly(since)).toMatchObject({ name: 'syncmaster', application: 'dead' })
    expect(await condition(driver, 'dead', 'ComparisonError')).toMatch(since)
    const diff = await k8or(driver, ['app', 'diff', 'dead'])
    expect(diff.code).toBe(2)
    expect(diff.complaints).toEqual([expect.stringMatching(since), expect.stringContaining('k8or cluster list')])
  }, 60_000)

  it('A12 a cluster Secret that can not be read: Secret, field and next step, and its Applications name it', async () => {
    const { driver } = mesh()
    const problem = /^cluster Secret malformed-secret: config is not JSON; correct it, or delete the Secret/
    const byService = () => warnings(mesh().mesh).filter(({ msg }) => problem.test(msg))
    expect(await condition(driver, 'malformed', 'InvalidSpecError')).toMatch(problem)
    await eventually(() => Promise.resolve(byService().length === 2), { what: 'both lines' })
    expect(byService()).toMatchObject([
      { name: 'accesspoint', object: 'Secret malformed-secret', field: 'config', server: 'https://127.0.0.1:2' },
      { name: 'syncmaster', application: 'malformed' },
    ])
    const isUnknown = (one: unknown) => valueAt(one, 'status.health.status') === 'Unknown'
    await driver.application('malformed', isUnknown)
  }, 60_000)

  it('a destination without a namespace: object, field and next step', async () => {
    const message = /^ConfigMap faults has no namespace: set spec\.destination\.namespace of the Application/
    expect(await condition(mesh().driver, 'nameless', 'InvalidSpecError')).toMatch(message)
    expect(await theOnly(message)).toMatchObject({ name: 'syncmaster', application: 'nameless' })
  }, 60_000)

  it('A16 C100.2 a forged signature and a body of 60 MB: what was refused and what to set', async () => {
    const { driver } = mesh()
    const url = driver.value('K8OR_WEBHOOK_URL')
    const webhook = githubPush({ repoUrl: repository.url, after: 'a'.repeat(40) }, 'not-the-secret')
    await driver.people.post(url, webhook.body, webhook.headers)
    const forged = await theOnly(/webhook of GitHub is refused: header X-Hub-Signature-256 .*webhook\.github\.secret/)
    expect(forged).toMatchObject({ name: 'codesource', status: 401, from: expect.any(String) as string })
    const headers = { 'content-type': 'application/json', 'x-github-event': 'push' }
    await driver.people.post(url, Buffer.alloc(60 << 20, ' '), headers).catch(() => undefined)
    const large = await theOnly(/body of the webhook is larger than 50 MB: .*K8OR_WEBHOOK_MAX_BYTES/)
    expect(large).toMatchObject({ name: 'codesource', status: 413 })
  }, 60_000)

  it('C52.7 no value of a Secret is in the log', () => {
    const text = logText(mesh().mesh)
    const secrets = [canary, mesh().driver.value('K8OR_WEBHOOK_SECRET'), mesh().driver.value('K8OR_TOKEN')]
    for (const secret of secrets) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''))
    }
  })
})
