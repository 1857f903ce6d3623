import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  eventually,
  runsHealthy,
  valueAt,
  type DrivenRepository,
  type KubeObject,
  type ManagedProcess,
} from '@k8or/rig'
import { k8or, k8orJson } from './src/command'
import { condition } from './src/conditions'
import { decisionsOf } from './src/decisions'
import { logSince, untilSaid } from './src/log-since'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { bothModes } from './src/modes'
import { started } from './src/started'
import { untilTraced } from './src/traces'

const longMs = 60_000
/** Must stay as they are whatever is lost: drifted without self-heal, held by a rollback, suspended with something to do. */
const left = ['v1/ConfigMap kept', 'v1/ConfigMap back', 'v1/ConfigMap quiet', 'apps/v1/Deployment quiet']
/** Is pushed to, and put back. */
const all = [...left, 'v1/ConfigMap plain']

describe.each(bothModes)('test/e2e/from-nothing.e2e in mode %s', (mode) => {
  const mesh = useMesh({ mode, environment: { K8OR_POLL_INTERVAL_MS: '5000' } })
  let plain: DrivenRepository
  let value = 0
  /** A commit of before anything was lost. */
  let first = ''

  const process = (name: string): ManagedProcess => mesh().mesh.processes.get(name)!
  const services = () =>
    [...mesh().mesh.processes.values()].filter(({ name }) => !['nats', 'redis', 'registry'].includes(name))
  const at = (path: string) => join(mesh().driver.value('K8OR_CA'), '..', path)
  const empty = (path: string) => rmSync(at(path), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  /** As they are to the last field: somebody who touched one would have made another version of it. */
  const versions = async (which: readonly string[]) => {
    const read = async (one: string): Promise<[string, unknown]> => {
      const [kind = '', name = ''] = one.split(' ')
      const object = await mesh().driver.hub.get(kind, `default/${name}`)
      return [one, { version: object?.metadata.resourceVersion, generation: object?.metadata.generation }]
    }
    return Object.fromEntries(await Promise.all(which.map(read)))
  }

  const loseServer = async (name: 'nats' | 'redis', path: string) => {
    await process(name).stop('SIGKILL')
    empty(path)
    await process(name).start()
  }
  const loseStreams = () => loseServer('nats', 'nats/data')
  const loseWaits = () => loseServer('redis', '../redis/appendonlydir')
  const emptyIndex = () => ['', '-wal', '-shm'].forEach((end) => empty(`insighthub/index.db${end}`))
  const loseDisks = async () => {
    for (const path of ['codesource/mirrors', 'accesspoint/audit']) empty(path)
    emptyIndex()
  }
  const whileStopped = async (lose: () => Promise<void>) => {
    await Promise.all(services().map((service) => service.stop()))
    await lose()
    await Promise.all(services().map((service) => service.start()))
  }
  /** AccessPoint's process makes what the bus lacks: the others are there before it, and wait. */
  const startOnEmptyBus = async () => {
    const others = services().filter(({ name }) => mode === 'processes' && name !== 'accesspoint')
    const logs = others.map(({ name }) => logSince(mesh().mesh, name))
    const starting = Promise.all(others.map((service) => service.start()))
    starting.catch(() => undefined)
    await Promise.race([starting, Promise.all(logs.map((log) => untilSaid(log, /can not build on the bus yet/)))])
    const gate = services().filter((service) => !others.includes(service))
    await Promise.all([starting, ...gate.map((service) => service.start())])
  }

  /** Decisions are rows of the bus: where there is one again, the mesh has looked since. */
  const looked = (name: string) =>
    eventually(async () => (await decisionsOf(mesh().driver, name).catch(() => [])).length > 0, {
      ...{ timeoutMs: longMs, stepMs: 500, what: `a decision about ${name}` },
    })
  const push = async (): Promise<string> => {
    const pushed = await plain.commit({ 'app/c.yaml': configMap('plain', String((value += 1))) })
    await eventually(() => plain.tell(pushed).then(() => true), { timeoutMs: longMs, stepMs: 500, what: 'the webhook' })
    return pushed.after
  }
  const untilApplied = () => mesh().driver.untilApplied('plain', String(value), longMs)

  /** A push is applied, drift is put back, and what nobody tells is found by looking. */
  const converges = async () => {
    const { driver } = mesh()
    await push()
    await untilApplied()
    await driver.hub.patch('v1/ConfigMap', 'default/plain', { data: { value: 'by hand' } })
    await untilApplied()
    await plain.commit({ 'app/c.yaml': configMap('plain', String((value += 1))) })
    await untilApplied()
  }

  const newestRelease = async (name: string) => {
    const answer = await k8orJson<{ releases: { number: string }[] }>(mesh().driver, ['release', 'list', name])
    return Math.max(...answer.releases.map(({ number }) => Number(number)))
  }

  const hold = async () => {
    const { driver } = mesh()
    const back = await started(driver, 'back')
    const bad = await back.push({ 'app/c.yaml': configMap('back', 'bad') })
    await driver.application('back', (one) => runsHealthy(one, bad), longMs)
    await k8orJson(driver, ['app', 'rollback', 'back', '--reason', 'it was bad'])
    await driver.untilApplied('back', '0', longMs)
  }
  const suspend = async () => {
    const { driver } = mesh()
    const files = { 'app/c.yaml': configMap('quiet', '0'), 'app/web.yaml': deployment('quiet', 'shop/quiet:1', 1) }
    const quiet = await driver.deploy('quiet', files)
    await k8orJson(driver, ['app', 'suspend', 'quiet', '--reason', 'an audit'])
    await condition(driver, 'quiet', 'SuspendedWarning', longMs)
    const waiting = await quiet.push({ 'app/c.yaml': configMap('quiet', 'waits') })
    await driver.application('quiet', (one) => valueAt(one, 'status.sync.revision') === waiting, longMs)
  }
  const driftUnhealed = async () => {
    const { driver } = mesh()
    const syncPolicy = { automated: { prune: true } }
    await driver.deploy('kept', { 'app/c.yaml': configMap('kept', '0') }, { syncPolicy })
    await driver.hub.patch('v1/ConfigMap', 'default/kept', { data: { value: 'by hand' } })
    await driver.application('kept', (one) => valueAt(one, 'status.sync.status') === 'OutOfSync', longMs)
  }

  beforeAll(async () => {
    plain = await started(mesh().driver, 'plain')
    await Promise.all([hold(), suspend(), driftUnhealed()])
    first = await push()
    await untilApplied()
  }, 120_000)

  it('JetStream is emptied under a running mesh: nothing live is touched, holds stay, releases go on in number, and what history was lost is said', async () => {
    const { driver, mesh: running } = mesh()
    const before = await versions(all)
    const release = await newestRelease('plain')
    const restarts = new Map(services().map((service) => [service, service.restarts]))
    await loseStreams()
    const haveEnded = () => [...restarts].every(([service, count]) => service.restarts > count)
    await eventually(haveEnded, { timeoutMs: longMs, what: 'a new start of every service' })
    await running.untilReady(longMs)
    for (const name of ['kept', 'back', 'quiet', 'plain']) await looked(name)
    expect(await versions(all)).toEqual(before)
    expect(await condition(driver, 'back', 'HoldWarning')).toContain('held at release 1 by user:admin')
    expect(await condition(driver, 'back', 'ComparisonError')).toContain('release 1, to be on the cluster, is not kept')
    expect(await condition(driver, 'quiet', 'SuspendedWarning')).toContain('an audit')

    await converges()
    expect(await newestRelease('plain')).toBeGreaterThan(release)
    const refused = await k8or(driver, ['app', 'rollback', 'plain', '--release', String(release - 1)])
    expect(refused).toMatchObject({
      code: 2,
      complaints: [expect.stringContaining(`has no release`), expect.anything()],
    })
    expect(before).toMatchObject(await versions(left))
    const { out } = await k8or(driver, ['trace', 'plain'])
    expect(out).toMatch(/facts of FACTS from .* were lost: at .* the stream was another one/)
  }, 300_000)

  it('JetStream is emptied while the mesh is stopped: an emergency stop stands and refuses, and what it held back comes once it is lifted', async () => {
    const { driver } = mesh()
    await k8orJson(driver, ['emergency-stop', 'raise', '--reason', 'the database burns'])
    const before = await versions(all)
    await Promise.all(services().map((service) => service.stop()))
    await loseStreams()
    emptyIndex()
    await startOnEmptyBus()
    const stops = async () => (await k8or(driver, ['emergency-stop', 'list', '-o', 'json'])).out
    await eventually(async () => (await stops()).includes('the database burns'), { timeoutMs: longMs, stepMs: 500 })
    const commit = await push()
    const isHeldBack = (one: KubeObject) =>
      valueAt(one, 'status.sync.revision') === commit && JSON.stringify(one['status']).includes('database burns')
    await driver.application('plain', isHeldBack, longMs)
    for (const name of ['kept', 'back', 'quiet']) await looked(name)
    expect(await versions(all)).toEqual(before)
    const { complaints } = await k8or(driver, ['trace', '--commit', first])
    expect(complaints.join()).toMatch(/facts are known since \d{4}-.*, when the stream was made/)
    await k8orJson(driver, ['emergency-stop', 'lift', '--reason', 'it is out'])
    await untilApplied()
    await converges()
    expect(before).toMatchObject(await versions(left))
  }, 300_000)

  it('NATS is restored from an older copy: nothing goes back to what that says, and releases go on in number', async () => {
    const copy = at('nats/older')
    const restart = async (change: () => void) => {
      await process('nats').stop()
      change()
      await process('nats').start()
    }
    await whileStopped(() => restart(() => cpSync(at('nats/data'), copy, { recursive: true })))
    for (const _ of ['once', 'twice']) {
      await push()
      await untilApplied()
    }
    const release = await newestRelease('plain')
    const before = await versions(all)
    await whileStopped(() =>
      restart(() => {
        empty('nats/data')
        renameSync(copy, at('nats/data'))
      }),
    )
    await eventually(async () => (await newestRelease('plain')) > release, { timeoutMs: longMs, stepMs: 500 })
    expect(await versions(all)).toEqual(before)
    const commit = await push()
    await untilApplied()
    await untilTraced(mesh().driver, commit, 'sync.finished')
    expect(before).toMatchObject(await versions(left))
  }, 300_000)

  it.each([
    ['Redis is emptied', () => loseWaits()],
    ['the local disks are emptied', () => loseDisks()],
  ])(
    '%s, while the mesh runs and while it is stopped: nothing live is touched, and all goes on',
    async (_, lose) => {
      const before = await versions(left)
      await lose()
      await converges()
      await whileStopped(lose)
      await converges()
      expect(await versions(left)).toEqual(before)
      const { out } = await k8or(mesh().driver, ['trace', 'plain'])
      expect(out).toContain('release.rendered')
    },
    300_000,
  )
})
