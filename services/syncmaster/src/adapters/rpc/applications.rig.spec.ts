import 'reflect-metadata'
import { syncFinished } from '@k8or/contracts'
import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { configMap, eventually, startHubBench, type HubBench, type KubeObject, type RunningService } from '@k8or/rig'
import { createApp } from '../../app.module'
import { loadConfig } from '../../config'

jest.setTimeout(30_000)

const secret = (value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'shown' },
  data: { password: Buffer.from(value).toString('base64') },
})

describe('services/syncmaster/src/adapters/rpc/applications.rig', () => {
  let bench: HubBench
  let running: RunningService

  beforeAll(async () => {
    bench = await startHubBench({ controllers: false })
    running = await bench.run('syncmaster', (links) =>
      createApp(loadConfig({ K8OR_REDIS_URL: bench.redis.url }), links),
    )
  }, 90_000)

  afterAll(async () => {
    await running.stop()
    await bench.close()
  }, 30_000)

  const calls = () => bench.calls.as('spiffe://k8or.mesh/svc/accesspoint').to('syncmaster', Applications)

  it('lists and shows applications with their objects', async () => {
    const record = await bench.hub.declare('shown')
    await bench.desk.publish(record, [configMap('shown'), secret('one')])
    await bench.hub.until('shown', 'Synced', (its) => its.sync?.status === 'Synced')
    const { applications } = await calls().list({})
    expect(applications).toMatchObject([
      {
        name: { namespace: 'argocd', name: 'shown' },
        project: 'default',
        syncStatus: 'Synced',
        phase: 'Succeeded',
        automated: true,
      },
    ])
    const { resources } = await calls().get({ name: { name: 'shown' } })
    expect(resources.map((one) => `${one.kind} ${one.name} ${one.syncStatus}`)).toEqual([
      'ConfigMap shown Synced',
      'Secret shown Synced',
    ])
    expect((await calls().list({ project: 'other' })).applications).toEqual([])
  })

  it('says that there is no such application', async () => {
    await expect(calls().get({ name: { name: 'nobody' } })).rejects.toThrow(
      'there is no application nobody in namespace argocd',
    )
  })

  it('C108.2 tells by dry run what a sync would create, configure and delete, field by field, Secrets masked', async () => {
    const record = await bench.hub.declare('compared', null)
    await bench.desk.publish(record, [configMap('compared', { v: '1' }), configMap('leaves'), secret('one')])
    await calls().sync({ name: { name: 'compared' } })
    await bench.hub.fact(syncFinished, 'compared')
    await bench.desk.publish(record, [configMap('compared', { v: '2' }), configMap('comes'), secret('two')])
    await bench.hub.until('compared', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
    const { objects, release } = await calls().diff({ name: { name: 'compared' } })
    expect(release).toBe(2n)
    expect(Object.fromEntries(objects.map((one) => [one.resource?.name, one.change]))).toEqual({
      compared: 'configure',
      comes: 'create',
      shown: 'configure',
      leaves: 'keep',
    })
    expect(objects.find((one) => one.change === 'keep')?.reason).toBe('would be pruned (needs --prune)')
    const pruning = await calls().diff({ name: { name: 'compared' }, prune: true })
    expect(pruning.objects.find((one) => one.resource?.name === 'leaves')).toMatchObject({ change: 'delete' })
    const changed = objects.find((one) => one.resource?.name === 'compared')
    expect(changed?.fields).toMatchObject([{ path: '.data.v', live: '1', desired: '2', manager: '' }])
    const masked = objects.find((one) => one.resource?.kind === 'Secret')
    expect(masked?.fields).toMatchObject([{ path: '.data.password', live: '++++++++', desired: '++++++++++++' }])
    expect(`${masked?.live ?? ''}${masked?.desired ?? ''}`).not.toContain(Buffer.from('two').toString('base64'))
  })

  it('tells from whom a field is taken when that is somebody else', async () => {
    const record = await bench.hub.declare('taken', { selfHeal: false })
    await bench.desk.publish(record, [configMap('taken', { v: '1' })])
    await bench.hub.until('taken', 'Synced', (its) => its.sync?.status === 'Synced')
    await bench.kube.client.apply(
      { ...configMap('taken', { v: '9' }), metadata: { name: 'taken', namespace: 'shop' } },
      'kim',
    )
    const fields = await eventually(async () => {
      const { objects } = await calls().diff({ name: { name: 'taken' } })
      return objects[0]?.fields.length ? objects[0].fields : undefined
    })
    expect(fields).toMatchObject([{ path: '.data.v', live: '9', desired: '1', manager: 'kim' }])
  })

  it('takes a sync for a person, refuses a second one, and tells the history of both', async () => {
    const record = await bench.hub.declare('asked', null)
    await bench.desk.publish(record, [configMap('asked')])
    await bench.hub.until('asked', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
    const asking = [calls().sync({ name: { name: 'asked' } }), calls().sync({ name: { name: 'asked' } })]
    const outcomes = await Promise.allSettled(asking)
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
    expect(refused).toEqual([expect.stringContaining('another operation is already in progress')])
    const { entries } = await eventually(async () => {
      const history = await calls().history({ name: { name: 'asked' } })
      return history.entries.length > 0 && history
    })
    expect(entries).toMatchObject([{ id: 0n, initiatedBy: 'spiffe://k8or.mesh/svc/accesspoint' }])
  })

  it('explains its last decisions', async () => {
    const record = await bench.hub.declare('explained')
    await bench.hub.until('explained', 'a status', (its) => its.sync)
    const first = await calls().why({ name: { name: 'explained' } })
    expect(first.decisions[0]).toMatchObject({ decision: 'waits for a release' })
    await bench.desk.publish(record, [configMap('explained')])
    await bench.hub.until('explained', 'Synced', (its) => its.sync?.status === 'Synced')
    const { decisions } = await calls().why({ name: { name: 'explained' } })
    expect(decisions.map((one) => one.decision)).toContain('syncs')
  })
})
