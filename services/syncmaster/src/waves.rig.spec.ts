import 'reflect-metadata'
import {
  healthKey,
  healthRecord,
  syncFinished,
  syncStarted,
  type ApplicationRef,
  type HealthStatus,
} from '@k8or/contracts'
import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { configMap, startHubBench, type HubBench, type KubeObject, type RunningService } from '@k8or/rig'
import { createApp } from './app.module'
import { loadConfig } from './config'

jest.setTimeout(60_000)

const wave = (number: number) => ({ annotations: { 'argocd.argoproj.io/sync-wave': String(number) } })

const deployment = (name: string, image = 'i:1'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, ...wave(-1) },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }] } },
  },
})

describe('services/syncmaster/src/waves.rig', () => {
  let bench: HubBench
  let running: RunningService

  const start = (): Promise<RunningService> =>
    bench.run('syncmaster', (links) => createApp(loadConfig({ K8OR_REDIS_URL: bench.redis.url }), links))

  beforeAll(async () => {
    bench = await startHubBench({ controllers: false })
    running = await start()
  }, 90_000)

  afterAll(async () => {
    await running.stop()
    await bench.close()
  }, 30_000)

  const restart = async (): Promise<void> => {
    await running.stop()
    running = await start()
  }

  const live = async (name: string): Promise<KubeObject> => {
    const found = await bench.kube.client.get('apps/v1/Deployment', `shop/${name}`)
    if (!found) throw new Error(`there is no Deployment ${name}`)
    return found
  }

  /** Says what InsightHub would of a Deployment, about this generation of it. */
  const judge = async (application: ApplicationRef, name: string, status: HealthStatus, generation: number) => {
    const object = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name }
    const { uid = '' } = (await live(name)).metadata
    const about = { application, cluster: 'in-cluster', object, uid, generation, since: new Date().toISOString() }
    const row = { ...about, health: { status, message: `is ${status}` }, factId: 'f' }
    await bench.bus('insighthub').records(healthRecord).put(healthKey(application.uid, object), row)
  }

  const untilWaiting = (name: string) =>
    bench.hub.until(name, 'a wait', (its) => String(its.operationState?.message).startsWith('waiting for'))

  it('A8.3 goes on after a restart with the verdict on what was applied, not with an older one, and applies nothing again', async () => {
    const record = await bench.hub.declare('waved')
    await bench.desk.publish(record, [deployment('waved'), configMap('waved')])
    await untilWaiting('waved')
    await judge(record.ref, 'waved', 'Healthy', 1)
    await bench.hub.fact(syncFinished, 'waved', (its) => its.release === 1)
    await bench.desk.publish(record, [deployment('waved', 'i:2'), configMap('waved', { v: '2' })])
    await untilWaiting('waved')
    expect((await live('waved')).metadata.generation).toBe(2)
    await restart()
    await judge(record.ref, 'waved', 'Progressing', 2)
    await bench.hub.until('waved', 'Progressing', (its) => its.health?.status === 'Progressing')
    expect(await bench.hub.data('waved')).toEqual({ v: '0' })
    const { resources, results } = await bench.calls
      .as('spiffe://k8or.mesh/svc/accesspoint')
      .to('syncmaster', Applications)
      .get({ name: { name: 'waved' } })
    expect(results.map(({ name, phase }) => `${name} ${phase}`)).toEqual(['waved Running'])
    expect(resources.find(({ kind }) => kind === 'Deployment')).toMatchObject({ wave: -1 })
    await judge(record.ref, 'waved', 'Healthy', 2)
    const { data: finished } = await bench.hub.fact(syncFinished, 'waved', (its) => its.release === 2)
    expect(finished.objects.map(({ object, result, generation }) => `${object.kind} ${result} ${generation}`)).toEqual([
      ...['Deployment configured 2', 'ConfigMap configured 0'],
    ])
    expect((await live('waved')).metadata.generation).toBe(2)
    expect(bench.hub.facts(syncStarted, 'waved').map(({ data }) => data.waves)).toEqual([2, 2])
  })

  it('A8.3 ends when somebody terminates it, and tells who', async () => {
    const record = await bench.hub.declare('unwanted')
    await bench.desk.publish(record, [deployment('unwanted'), configMap('unwanted')])
    await untilWaiting('unwanted')
    const calls = bench.calls.as('spiffe://k8or.mesh/svc/accesspoint').to('syncmaster', Applications)
    await calls.terminate({ name: { name: 'unwanted' } })
    const fact = await bench.hub.fact(syncFinished, 'unwanted')
    expect(fact.data).toMatchObject({ phase: 'Failed', message: 'Operation terminated' })
    expect(fact.actor).toContain('accesspoint')
    await judge(record.ref, 'unwanted', 'Healthy', 1)
    const { status } = await bench.hub.until(
      'unwanted',
      'Healthy',
      (its) => its.resources?.[1]?.health?.status === 'Healthy',
    )
    expect(status.operationState).toMatchObject({ phase: 'Failed', message: 'Operation terminated' })
    expect(await bench.hub.data('unwanted')).toBeUndefined()
    await expect(calls.terminate({ name: { name: 'unwanted' } })).rejects.toThrow('no operation is in progress')
  })

  it('A7.3 tries again when the time has come, also when it was restarted meanwhile, as often as declared', async () => {
    const retry = { limit: 1, backoff: { duration: '4s' } }
    const record = await bench.hub.declare('retried', {}, { spec: { syncPolicy: { automated: {}, retry } } })
    const ports = [{ port: 99_999 }]
    await bench.desk.publish(record, [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'retried' }, spec: { ports } },
    ])
    const { status } = await bench.hub.until('retried', 'a wait', (its) => its.operationState?.finishedAt)
    expect(status.operationState).toMatchObject({ phase: 'Running' })
    const [, due = ''] = /Retrying attempt #1 at (\S+)$/.exec(String(status.operationState.message)) ?? []
    await restart()
    const second = await bench.hub.fact(syncFinished, 'retried', (its) => its.sync.endsWith('-2'))
    expect(Date.parse(second.data.startedAt)).toBeGreaterThanOrEqual(Date.parse(due))
    const ended = await bench.hub.until('retried', 'an end', (its) => its.operationState?.phase === 'Failed')
    expect(ended.status.operationState).toMatchObject({
      retryCount: 1,
      message: expect.stringContaining('(retried 1 times)'),
    })
    expect(bench.hub.facts(syncStarted, 'retried').map(({ data }) => data.trigger)).toEqual(['release', 'retry'])
  })
})
