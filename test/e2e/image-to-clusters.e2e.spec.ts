import { eventually, RegistryClient, runsHealthy, type KubeObject } from '@k8or/rig'
import { k8or, k8orJson } from './src/command'
import { deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

interface Hop {
  readonly fact: string
  readonly application: string
  readonly cluster: string
}

interface LeadTime {
  readonly application: string
  readonly cluster: string
  readonly healthy: number
  readonly hops: readonly { readonly from: string; readonly to: string; readonly count: number }[]
}

describe('test/e2e/image-to-clusters.e2e', () => {
  const mesh = useMesh({ registry: true, clusters: 1 })
  let image = ''

  beforeAll(async () => {
    const { driver, mesh: running } = mesh()
    const registry = new RegistryClient(await running.registry())
    image = `${registry.access.host}/shop/web`
    const repository = await driver.repository('manifests')
    const files = (tag: string) => ({
      'near/web.yaml': deployment('web', `${image}:${tag}`, 1),
      'far/web.yaml': deployment('web', `${image}:${tag}`, 1),
    })
    const { after } = await repository.commit(files('1.0.0'))
    const server = running.clusters[0]?.url ?? ''
    const annotations = { 'argocd-image-updater.argoproj.io/image-list': `web=${image}:~1` }
    await driver.declare({ name: 'near', repoUrl: repository.url, path: 'near', annotations })
    await driver.declare({ name: 'far', repoUrl: repository.url, path: 'far', server, annotations })
    for (const name of ['near', 'far']) await driver.application(name, (one) => runsHealthy(one, after), 60_000)
    await registry.push('shop/web', '1.1.0', { files: { version: '1.1.0' } })
    await registry.close()
    const runs = (application: KubeObject): boolean =>
      runsHealthy(application) && JSON.stringify(application.status).includes(`${image}:1.1.0`)
    for (const name of ['near', 'far']) await driver.application(name, runs, 60_000)
  }, 180_000)

  it('AU.1 trace leads from an image to the commit, the releases and the verdict on each cluster, and back', async () => {
    const { driver } = mesh()
    const traced = async (...which: string[]): Promise<Hop[] | undefined> => {
      const { hops } = await k8orJson<{ hops: Hop[] }>(driver, ['trace', ...which])
      return hops.some(({ fact }) => fact === 'health.changed') ? hops : undefined
    }
    const whole = async () => {
      const hops = (await traced('--image', `${image}:1.1.0`)) ?? []
      return hops.filter(({ fact }) => fact === 'health.changed').length === 2 ? hops : undefined
    }
    const hops = await eventually(whole, { timeoutMs: 15_000, stepMs: 300, what: 'both verdicts in the trace' })
    const beginning = ['delivery.received', 'image.built', 'image.considered', 'image.considered', 'commit.pushed']
    expect(hops.slice(0, 6).map(({ fact }) => fact)).toEqual([...beginning, 'revision.observed'])
    const way = ['release.rendered', 'sync.planned', 'sync.started', 'sync.finished', 'health.changed']
    for (const application of ['argocd/near', 'argocd/far']) {
      const own = hops.filter((hop) => hop.application === application && hop.fact !== 'access.recorded')
      expect(own.map(({ fact }) => fact)).toEqual(['image.considered', ...way])
    }
    expect(new Set(hops.map(({ cluster }) => cluster).filter(Boolean)).size).toBe(2)
    const { out } = await k8or(driver, ['trace', '--image', `${image}:1.1.0`, '-o', 'table'])
    expect(out).toMatch(/HOP +APPLICATION +CLUSTER +WHAT/)
    const back = (await traced('near')) ?? []
    expect(back.slice(0, 3).map(({ fact }) => fact)).toEqual(beginning.slice(0, 3))
    expect(back.some(({ application }) => application === 'argocd/far')).toBe(false)
  }, 60_000)

  it('lead-times tells how long each hop took, by application and cluster', async () => {
    const { driver } = mesh()
    const { leadTimes } = await k8orJson<{ leadTimes: LeadTime[] }>(driver, ['lead-times', '--since', '1h'])
    expect(leadTimes.map(({ application }) => application)).toEqual(['argocd/far', 'argocd/near'])
    expect(new Set(leadTimes.map(({ cluster }) => cluster)).size).toBe(2)
    for (const { hops, healthy } of leadTimes) {
      const names = hops.map(({ from, to }) => `${from} ${to}`)
      expect(names).toEqual(
        expect.arrayContaining(['received built', 'built committed', 'committed observed', 'applied healthy']),
      )
      expect(healthy).toBe(2)
    }
    const { out } = await k8or(driver, ['lead-times', 'near', '-o', 'table'])
    expect(out).toMatch(/^APPLICATION +CLUSTER +HOP +COUNT +P50 +P95\n/)
    expect(out).toContain('the whole way')
    expect(await k8or(driver, ['lead-times', 'no-such'])).toMatchObject({ code: 2 })
  }, 60_000)

  it('app tree shows what an application made, down to pods, with health and images', async () => {
    const { driver } = mesh()
    const { out } = await k8or(driver, ['app', 'tree', 'near', '-o', 'table'])
    const lines = out.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  '))
    expect(lines[1]).toMatch(/^apps\/Deployment {2}default\/web {2}Healthy/)
    expect(lines.filter((line) => line.includes('Pod'))).toEqual([expect.stringContaining(`${image}:1.1.0`)])
  }, 60_000)

  it('AU.1 the trace of a deployment ends with the way back from it, and with the verdict after that', async () => {
    const { driver } = mesh()
    expect(await k8or(driver, ['app', 'rollback', 'near', '--reason', 'it was bad', '--wait'])).toMatchObject({
      code: 0,
    })
    const back = ['rollback.started', 'sync.started', 'sync.finished', 'rollback.finished', 'health.changed']
    const whole = async () => {
      const { hops } = await k8orJson<{ hops: Hop[] }>(driver, ['trace', 'near'])
      const facts = hops.map(({ fact }) => fact)
      const from = facts.indexOf('rollback.started')
      const after = facts.slice(from).filter((fact) => back.includes(fact))
      return from > facts.indexOf('health.changed') && after.length === back.length ? after : undefined
    }
    expect(await eventually(whole, { timeoutMs: 15_000, stepMs: 300, what: 'the way back in the trace' })).toEqual(back)
  }, 60_000)
})
