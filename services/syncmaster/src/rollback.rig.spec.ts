import 'reflect-metadata'
import { rollbackFinished, rollbackStarted, syncFinished } from '@k8or/contracts'
import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { startHubBench, type HubBench, type KubeObject, type RunningService } from '@k8or/rig'
import { createApp } from './app.module'
import { loadConfig } from './config'

const timeoutMs = 20_000

jest.setTimeout(40_000)

const configMap = (name: string, v: string): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap' },
  ...{ metadata: { name }, data: { v } },
})

describe('services/syncmaster/src/rollback.rig', () => {
  let bench: HubBench
  let running: RunningService
  const start = () =>
    bench.run('syncmaster', (links) => createApp(loadConfig({ K8OR_REDIS_URL: bench.redis.url }), links))

  beforeAll(async () => {
    bench = await startHubBench({ controllers: false })
    running = await start()
  }, 90_000)

  afterAll(async () => {
    await running.stop()
    await bench.close()
  }, 30_000)

  const calls = () => bench.calls.as('spiffe://k8or.mesh/svc/accesspoint').to('syncmaster', Applications)
  const kube = () => bench.kube.client
  const untilValue = (name: string, v: string) =>
    kube().watchUntil(
      'v1/ConfigMap',
      `shop/${name}`,
      (found) => (found?.data as Record<string, string> | undefined)?.['v'] === v,
      timeoutMs,
    )

  const released = async (name: string, releases: number) => {
    const record = await bench.hub.declare(name)
    for (let release = 1; release <= releases; release++) {
      await bench.desk.publish(record, [configMap(name, String(release))])
      await bench.hub.fact(syncFinished, name, (its) => its.release === release)
    }
    return record
  }

  it('A8.9 holds an application at an earlier release through pushes, heals and restarts, until it is resumed', async () => {
    const record = await released('back', 3)
    const name = { name: 'back' }
    const rehearsed = await calls().rollback({ name, dryRun: true })
    expect(rehearsed).toMatchObject({ release: 2n, from: 3n, objects: [{ change: 'configure' }] })
    expect(await calls().rollback({ name, reason: 'it burns' })).toMatchObject({ release: 2n, from: 3n })
    await untilValue('back', '2')
    const begun = await bench.hub.fact(rollbackStarted, 'back')
    expect(begun.data).toMatchObject({ release: 2, from: 3, reason: 'it burns' })
    expect((await bench.hub.fact(rollbackFinished, 'back')).data).toMatchObject({ phase: 'Succeeded' })

    await bench.desk.publish(record, [configMap('back', '4')])
    await bench.hub.until('back', 'compared with release 4', (its) => its.sync?.status === 'OutOfSync')
    await running.stop()
    await kube().patch('v1/ConfigMap', 'shop/back', { data: { v: 'red' } })
    running = await start()
    await untilValue('back', '2')
    const { application } = await calls().get({ name })
    expect(application).toMatchObject({
      syncStatus: 'OutOfSync',
      hold: { kind: 'hold', release: 2n, reason: 'it burns' },
    })
    expect(application?.conditions).toMatchObject([
      { type: 'HoldWarning', message: expect.stringContaining('held at release 2 by') },
    ])
    const { decisions } = await calls().why({ name })
    // What was put back may be noted after it.
    expect(decisions.map(({ reason }) => reason).join('\n')).toContain('release 4 waits')

    expect(await calls().resume({ name })).toMatchObject({ lifted: [{ release: 2n }], automated: true })
    await untilValue('back', '4')
    await bench.hub.until('back', 'Synced', (its) => its.sync?.status === 'Synced' && its.conditions === undefined)
  })

  it('says which releases are kept when the wanted one is not', async () => {
    await released('kept', 2)
    await expect(calls().rollback({ name: { name: 'kept' }, release: 9n })).rejects.toThrow(
      'application kept has no release 9: kept are 2, 1',
    )
    expect((await bench.hub.get('kept'))?.metadata.annotations?.['k8or.dev/hold']).toBeUndefined()
  })

  it('leaves a suspended application alone, whoever asks, until it is resumed', async () => {
    const record = await released('still', 1)
    const name = { name: 'still' }
    expect(await calls().suspend({ name, reason: 'an audit' })).toMatchObject({ hold: { kind: 'suspend' } })
    await bench.hub.until('still', 'told so', (its) => its.conditions?.[0]?.type === 'SuspendedWarning')
    await bench.desk.publish(record, [configMap('still', '2')])
    await calls().sync({ name })
    const { status } = await bench.hub.until('still', 'refused', (its) => its.operationState?.phase === 'Error')
    expect(status.operationState.message).toContain('the application is suspended by')
    expect((await kube().get('v1/ConfigMap', 'shop/still'))?.data).toEqual({ v: '1' })
    await calls().resume({ name })
    await untilValue('still', '2')
  })
})
