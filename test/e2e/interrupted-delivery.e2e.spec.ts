import { runsHealthy, valueAt, type KubeObject } from '@k8or/rig'
import { Bystander } from './src/bystander'
import { k8or, k8orJson } from './src/command'
import { condition, conditionsOf } from './src/conditions'
import { decided, decisionsOf } from './src/decisions'
import { warnings } from './src/log-lines'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { operation, slowly, wave } from './src/waved'

/** A Deployment that the rest waits for. */
const twoWaves = (name: string, version: string, image = `shop/${name}:${version}`) => ({
  'app/first.yaml': slowly(wave(deployment(`${name}-first`, image, 1), 0), 3000),
  'app/second.yaml': wave(configMap(`${name}-second`, version), 1),
})

const isWaiting = (application: KubeObject): boolean =>
  operation(application, 'phase') === 'Running' && operation(application, 'message').startsWith('waiting for')

describe('test/e2e/interrupted-delivery.e2e', () => {
  const mesh = useMesh({ clusters: 2 })
  let others: Bystander

  beforeAll(async () => {
    others = await Bystander.start(mesh().driver)
  }, 60_000)

  it('C56.7 a cluster goes away between two waves and comes back: which and since when is told, and the sync goes on by itself', async () => {
    const { driver, mesh: running } = mesh()
    const [east, west] = running.clusters
    const pid = east?.pids['kube-apiserver']
    if (!east || !west || pid === undefined) throw new Error('the mesh was started without two further clusters')
    const repository = await driver.repository('waved')
    await repository.commit(twoWaves('waved', '1'))
    for (const { name, url } of [east, west])
      await driver.declare({ name, repoUrl: repository.url, path: 'app', server: url })
    for (const { name } of [east, west]) await driver.application(name, (one) => runsHealthy(one), 60_000)
    const commit = await repository.push(twoWaves('waved', '2'))
    await driver.application(east.name, isWaiting, 30_000)
    process.kill(pid, 'SIGSTOP')
    try {
      const away = /^waiting for healthy state of apps\/Deployment\/waved-first: cluster cluster-1 does not answer: /
      await driver.application(east.name, (one) => away.test(operation(one, 'message')), 60_000)
      await others.goesOn()
      await driver.application(west.name, (one) => runsHealthy(one, commit), 30_000)
      const clusters = await k8orJson<{ name: string; reachable: boolean }[]>(driver, ['cluster', 'list'])
      expect(clusters.filter(({ reachable }) => !reachable)).toMatchObject([{ name: east.name }])
      expect((await decisionsOf(driver, east.name))[0]?.reason).toMatch(away)
      expect(
        warnings(running).filter(({ name, msg }) => name === 'accesspoint' && msg.includes(east.name)),
      ).toHaveLength(1)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    const application = await driver.application(east.name, (one) => runsHealthy(one, commit), 90_000)
    expect(conditionsOf(application)).toEqual([])
    expect((await east.client.get('v1/ConfigMap', 'default/waved-second'))?.data).toEqual({ value: '2' })
  }, 240_000)

  it('A8.9 a rollback while a sync runs ends it, goes back and holds; what was pushed meanwhile is applied when it is resumed', async () => {
    const { driver } = mesh()
    const repository = await driver.deploy('turned', twoWaves('turned', '1'))
    await repository.push(twoWaves('turned', '2', 'shop/turned:bad-2'))
    await driver.application('turned', isWaiting, 30_000)
    const { code, out } = await k8or(driver, ['app', 'rollback', 'turned', '--reason', 'it burns', '-o', 'table'])
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('the sync that runs is ended first') as string,
    })
    const imageOf = (one: unknown) => valueAt(one, 'spec.template.spec.containers.0.image')
    const isBack = (one: unknown) => imageOf(one) === 'shop/turned:1'
    await driver.hub.watchUntil('apps/v1/Deployment', 'default/turned-first', isBack, 30_000)
    expect(await condition(driver, 'turned', 'HoldWarning')).toMatch(
      /held at release 1 by user:admin since .*: it burns/,
    )
    const { after } = await repository.commit(twoWaves('turned', '3'))
    await repository.tell({ before: undefined, after })
    await others.goesOn()
    await driver.application('turned', (one) => valueAt(one, 'status.sync.revision') === after, 30_000)
    expect(await decided(driver, 'turned', 'rests', /release 3 waits/)).toBeDefined()
    expect((await driver.hub.get('v1/ConfigMap', 'default/turned-second'))?.data).toEqual({ value: '1' })
    expect(await k8or(driver, ['app', 'resume', 'turned'])).toMatchObject({ code: 0 })
    const application = await driver.application('turned', (one) => runsHealthy(one, after), 60_000)
    expect(conditionsOf(application)).toEqual([])
    expect((await driver.hub.get('v1/ConfigMap', 'default/turned-second'))?.data).toEqual({ value: '3' })
  }, 180_000)
})
