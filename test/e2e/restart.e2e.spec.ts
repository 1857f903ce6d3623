import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { eventually, runsHealthy, valueAt, type DrivenRepository } from '@k8or/rig'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { started } from './src/started'
import { hopsOf, untilTraced } from './src/traces'

const rounds = 10
const path = ['delivery.received', 'revision.observed', 'release.rendered', 'sync.started', 'sync.finished']

async function tellUntilTaken(repository: DrivenRepository, push: { before: string | undefined; after: string }) {
  // A git host tells a push again when nobody answers.
  await eventually(() => repository.tell(push).then(() => true), {
    timeoutMs: 30_000,
    stepMs: 100,
    what: 'the webhook',
  })
}

describe('test/e2e/restart.e2e', () => {
  // Leases that run out only long after each test: whoever is killed takes up its own.
  const mesh = useMesh({ environment: { K8OR_LEASE_TTL_MS: '120000' } })

  it('C132.3 C132.6 C56.5 the mesh is killed at random moments while pushes go on: each is applied once, and traced', async () => {
    const { driver, mesh: running } = mesh()
    const repository = await started(driver, 'killed')
    const web = (round: number): string => deployment('killed', `shop/killed:${String(round)}`, 1)
    const first = await repository.push({ 'app/web.yaml': web(0) })
    await driver.application('killed', (application) => runsHealthy(application, first), 60_000)
    const generation = async () =>
      Number((await driver.hub.get('apps/v1/Deployment', 'default/killed'))?.metadata.generation)
    const before = await generation()
    const commits: string[] = []
    for (let round = 1; round <= rounds; round++) {
      const push = await repository.commit({
        'app/c.yaml': configMap('killed', String(round)),
        'app/web.yaml': web(round),
      })
      await tellUntilTaken(repository, push)
      await delay(Math.random() * 250)
      running.killServices()
      commits.push(push.after)
      await driver.untilApplied('killed', String(round))
      const image = `shop/killed:${String(round)}`
      const isNew = (object: unknown): boolean => valueAt(object, 'spec.template.spec.containers.0.image') === image
      await driver.hub.watchUntil('apps/v1/Deployment', 'default/killed', isNew)
    }
    await driver.application('killed', (application) => runsHealthy(application, commits.at(-1)), 30_000)
    expect(await generation()).toBe(before + rounds)
    for (const commit of commits) {
      const hops = await untilTraced(driver, commit, 'sync.finished')
      expect(hops.map(({ fact }) => fact)).toEqual(expect.arrayContaining(path))
    }
  }, 180_000)

  it('C132.3 NATS is killed while pushes go on: each is applied', async () => {
    const { driver, mesh: running } = mesh()
    const repository = await started(driver, 'no-nats')
    for (const round of ['1', '2', '3']) {
      const push = await repository.commit({ 'app/c.yaml': configMap('no-nats', round) })
      const told = tellUntilTaken(repository, push)
      await delay(Math.random() * 60)
      running.kill('nats', 'SIGKILL')
      await told
      await driver.untilApplied('no-nats', round)
    }
    await running.untilReady()
  }, 120_000)

  it('C132.3 Redis is killed, and comes back without any of its data: pushes are applied, drift is put back', async () => {
    const { driver, mesh: running } = mesh()
    const repository = await started(driver, 'no-redis')
    running.kill('redis', 'SIGKILL')
    const push = await repository.commit({ 'app/c.yaml': configMap('no-redis', '1') })
    await tellUntilTaken(repository, push)
    await driver.untilApplied('no-redis', '1')
    // Whoever unlinks its file before killing Redis gets an empty one.
    rmSync(join(driver.value('K8OR_CA'), '../../redis/appendonlydir'), {
      recursive: true,
      force: true,
      maxRetries: 5,
      retryDelay: 50,
    })
    running.kill('redis', 'SIGKILL')
    await repository.push({ 'app/c.yaml': configMap('no-redis', '2') })
    await driver.untilApplied('no-redis', '2')
    await driver.hub.patch('v1/ConfigMap', 'default/no-redis', { data: { value: 'by hand' } })
    await driver.untilApplied('no-redis', '2')
    await running.untilReady()
  }, 90_000)

  it('C108.5 the API server is restarted: afterwards a push is applied and drift is put back', async () => {
    const { driver, mesh: running } = mesh()
    const repository = await started(driver, 'no-api')
    await running.hub.restartApiServer()
    await repository.push({ 'app/c.yaml': configMap('no-api', '1') })
    await driver.untilApplied('no-api', '1')
    await driver.hub.patch('v1/ConfigMap', 'default/no-api', { data: { value: 'by hand' } })
    await driver.untilApplied('no-api', '1')
  }, 90_000)

  it('C108.5 C56.8 what is changed by hand while the mesh is down is put back when it is up again', async () => {
    const { driver, mesh: running } = mesh()
    await started(driver, 'down')
    const before = running.env['K8OR_PIDS']
    running.killServices()
    await driver.hub.patch('v1/ConfigMap', 'default/down', { data: { value: 'by hand' } })
    await driver.untilApplied('down', '0')
    expect(running.env['K8OR_PIDS']).not.toBe(before)
  }, 60_000)

  it('the index is built again from the stream when the mesh starts', async () => {
    const { driver, mesh: running } = mesh()
    const repository = await started(driver, 'index')
    const commit = await repository.push({ 'app/c.yaml': configMap('index', '1') })
    await driver.untilApplied('index', '1')
    const before = await untilTraced(driver, commit, 'sync.finished')
    running.killServices()
    const after = await eventually(() => hopsOf(driver, commit), { timeoutMs: 20_000, what: 'the trace' })
    expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining(before.map(({ id }) => id)))
  }, 60_000)
})
