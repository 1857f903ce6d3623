import { join } from 'node:path'
import {
  commitFiles,
  git,
  gitRepo,
  headOf,
  removeDir,
  runsHealthy,
  startGitServer,
  startSshGitServer,
  tempDir,
  valueAt,
  type GitServer,
  type KubeObject,
  type SshGitServer,
} from '@k8or/rig'
import { condition, conditionsOf } from './src/conditions'
import { configMap } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

const auth = { username: 'reader', password: 'correct horse' }

function secret(name: string, kind: 'repository' | 'repo-creds', stringData: Record<string, string>): KubeObject {
  const labels = { 'argocd.argoproj.io/secret-type': kind }
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'argocd', labels }, stringData }
}

describe('test/e2e/repositories.e2e', () => {
  const mesh = useMesh()
  const dir = tempDir('e2e-git')
  const root = join(dir, 'private')
  let locked: GitServer
  let ssh: SshGitServer

  beforeAll(async () => {
    locked = await startGitServer({ root, auth })
    ssh = await startSshGitServer({ root, dir: join(dir, 'ssh') })
  })
  afterAll(async () => {
    await Promise.all([locked.stop(), ssh.stop()])
    removeDir(dir)
  })

  const privateRepository = async (name: string): Promise<string> => {
    const path = await gitRepo(root, name)
    await commitFiles(path, { 'app/c.yaml': configMap(name.replace('/', '-'), '1') })
    return path
  }

  it('A12 a repository Secret opens a private repository over HTTP', async () => {
    const { driver } = mesh()
    await privateRepository('own')
    const url = locked.urlOf('own')
    await driver.hub.apply(secret('repo-own', 'repository', { type: 'git', url, ...auth }))
    await driver.declare({ name: 'own', repoUrl: url, path: 'app' })
    await driver.application('own', (application) => runsHealthy(application), 60_000)
  }, 90_000)

  it('A12 a template opens the repositories below its prefix, and no others', async () => {
    const { driver } = mesh()
    await Promise.all([privateRepository('team/inside'), privateRepository('outside')])
    const credentials = { type: 'git', url: `${locked.url}/team`, ...auth }
    await driver.hub.apply(secret('template', 'repo-creds', credentials))
    await driver.declare({ name: 'inside', repoUrl: locked.urlOf('team/inside'), path: 'app' })
    await driver.declare({ name: 'outside', repoUrl: locked.urlOf('outside'), path: 'app' })
    await driver.application('inside', (application) => runsHealthy(application), 60_000)
    const message = await condition(driver, 'outside', 'ComparisonError')
    expect(message).toContain(locked.urlOf('outside'))
    expect(message).toContain('argocd.argoproj.io/secret-type=repository')
  }, 90_000)

  it('A12 C52.7 a wrong password is named without telling it, and cured by changing the Secret', async () => {
    const { driver } = mesh()
    await privateRepository('wrong')
    const url = locked.urlOf('wrong')
    const wrong = { type: 'git', url, username: auth.username, password: 'battery-staple' }
    await driver.hub.apply(secret('repo-wrong', 'repository', wrong))
    await driver.declare({ name: 'wrong', repoUrl: url, path: 'app' })
    const message = await condition(driver, 'wrong', 'ComparisonError')
    expect(message).toContain(url)
    expect(message).toMatch(/refused.*credentials/)
    expect(message).not.toContain('battery-staple')
    await driver.hub.apply(secret('repo-wrong', 'repository', { ...wrong, ...auth }))
    await driver.hub.patch('argoproj.io/v1alpha1/Application', 'argocd/wrong', {
      metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } },
    })
    const cured = await driver.application('wrong', (application) => runsHealthy(application), 30_000)
    expect(conditionsOf(cured)).toEqual([])
  }, 90_000)

  it('A12 a repository over SSH is read with its key from a host that is known, and from no other', async () => {
    const { driver } = mesh()
    await privateRepository('by-ssh')
    const url = ssh.urlOf('by-ssh')
    await driver.hub.apply(secret('repo-ssh', 'repository', { type: 'git', url, sshPrivateKey: ssh.privateKey }))
    await driver.declare({ name: 'by-ssh', repoUrl: url, path: 'app' })
    expect(await condition(driver, 'by-ssh', 'ComparisonError')).toContain('argocd-ssh-known-hosts-cm')
    await driver.hub.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'argocd-ssh-known-hosts-cm', namespace: 'argocd' },
      data: { ssh_known_hosts: ssh.knownHosts },
    })
    await driver.hub.patch('argoproj.io/v1alpha1/Application', 'argocd/by-ssh', {
      metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } },
    })
    await driver.application('by-ssh', (application) => runsHealthy(application), 30_000)
  }, 90_000)

  it('A3 a tag, a full commit and HEAD are target revisions; pushes to main reach HEAD alone', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('targets')
    const files = (value: string) =>
      Object.fromEntries(['tag', 'commit', 'head'].map((name) => [`${name}/c.yaml`, configMap(`at-${name}`, value)]))
    const first = await repository.commit(files('1'))
    await git(['-C', repository.path, 'tag', 'v1.0.0', first.after])
    await repository.commit(files('2'))
    const declare = (name: string, targetRevision: string) =>
      driver.declare({ name: `at-${name}`, repoUrl: repository.url, path: name, targetRevision })
    await Promise.all([declare('tag', 'v1.0.0'), declare('commit', first.after), declare('head', 'HEAD')])
    await driver.application('at-tag', (one) => runsHealthy(one, first.after), 60_000)
    await driver.application('at-commit', (one) => runsHealthy(one, first.after), 60_000)
    await driver.untilApplied('at-head', '2')
    await repository.push(files('3'))
    await driver.untilApplied('at-head', '3')
    await driver.untilApplied('at-tag', '1')
    await driver.untilApplied('at-commit', '1')
  }, 90_000)

  it('A3 another target revision is followed as soon as it is declared; an unknown one is named', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('other')
    await repository.commit({ 'app/c.yaml': configMap('other', '1') })
    await commitFiles(repository.path, { 'app/c.yaml': configMap('other', '2') }, 'change', 'next')
    await driver.declare({ name: 'other', repoUrl: repository.url, path: 'app' })
    await driver.untilApplied('other', '1', 60_000)
    await driver.declare({ name: 'other', repoUrl: repository.url, path: 'app', targetRevision: 'next' })
    await driver.untilApplied('other', '2')
    await driver.declare({ name: 'other', repoUrl: repository.url, path: 'app', targetRevision: 'no-such' })
    const message = await condition(driver, 'other', 'ComparisonError')
    expect(message).toContain('no-such')
    expect(message).toContain(repository.url)
    await driver.untilApplied('other', '2')
  }, 90_000)

  it('C100.5 C108.5 a force-push back to an older commit brings back exactly what that says', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('forced')
    const first = await repository.commit({ 'app/c.yaml': configMap('forced', '1') })
    await driver.declare({ name: 'forced', repoUrl: repository.url, path: 'app' })
    await driver.application('forced', (application) => runsHealthy(application, first.after), 60_000)
    await repository.push({ 'app/c.yaml': configMap('forced', '2'), 'app/d.yaml': configMap('forced-more', '2') })
    await driver.untilApplied('forced-more', '2')
    const before = await headOf(repository.path)
    await git(['-C', repository.path, 'update-ref', 'refs/heads/main', first.after])
    await repository.tell({ before, after: first.after })
    await driver.untilApplied('forced', '1')
    await driver.hub.watchUntil('v1/ConfigMap', 'default/forced-more', (object) => object === undefined)
    await driver.application('forced', (application) => runsHealthy(application, first.after))
  }, 90_000)

  it('a git host that never answers slows no other repository, and is caught up with when it answers again', async () => {
    const { driver, mesh: running } = mesh()
    const [stuck, quick] = await Promise.all([driver.repository('stuck'), driver.repository('quick')])
    for (const repository of [stuck, quick]) {
      const name = repository === stuck ? 'stuck' : 'quick'
      await repository.commit({ 'app/c.yaml': configMap(name, '1') })
      await driver.declare({ name, repoUrl: repository.url, path: 'app' })
      await driver.application(name, (application) => runsHealthy(application), 60_000)
    }
    running.git.fault('stuck', 'hang')
    await stuck.push({ 'app/c.yaml': configMap('stuck', '2') })
    const begun = performance.now()
    await quick.push({ 'app/c.yaml': configMap('quick', '2') })
    await driver.untilApplied('quick', '2')
    expect(performance.now() - begun).toBeLessThan(3_000)
    expect(valueAt(await driver.hub.get('v1/ConfigMap', 'default/stuck'), 'data.value')).toBe('1')
    running.git.fault('stuck', undefined)
    await driver.untilApplied('stuck', '2', 60_000)
  }, 120_000)
})
