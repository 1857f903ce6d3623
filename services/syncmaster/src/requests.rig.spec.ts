import 'reflect-metadata'
import { fieldManager, managedMarks, syncFinished, syncPlanned, syncStarted } from '@k8or/contracts'
import { configMap, eventually, startHubBench, type HubBench, type RunningService } from '@k8or/rig'
import { createApp } from './app.module'
import { loadConfig } from './config'

const timeoutMs = 20_000

jest.setTimeout(30_000)

describe('services/syncmaster/src/requests.rig', () => {
  let bench: HubBench
  let running: RunningService

  beforeAll(async () => {
    bench = await startHubBench({ nodes: 1 })
    running = await bench.run('syncmaster', (links) =>
      createApp(loadConfig({ K8OR_REDIS_URL: bench.redis.url }), links),
    )
  }, 90_000)

  afterAll(async () => {
    await running.stop()
    await bench.close()
  }, 30_000)

  const kube = () => bench.kube.client

  describe('pruning', () => {
    it('needs leave: without it the object stays and says that it requires pruning', async () => {
      const record = await bench.hub.declare('unpruned', { selfHeal: true })
      await bench.desk.publish(record, [configMap('unpruned-a'), configMap('unpruned-b')])
      await bench.hub.fact(syncFinished, 'unpruned')
      await bench.desk.publish(record, [configMap('unpruned-a')])
      const { status } = await bench.hub.until('unpruned', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
      expect(status.resources).toMatchObject([{ name: 'unpruned-a' }, { name: 'unpruned-b', requiresPruning: true }])
      await bench.desk.publish(record, [configMap('unpruned-a', { v: '2' })])
      const planned = await bench.hub.fact(syncPlanned, 'unpruned', (its) => its.release === 3)
      expect(planned.data).toMatchObject({ configure: 1, delete: 0 })
      expect(await bench.hub.data('unpruned-b')).toBeDefined()
    })

    it('spares a copy that carries the tracking id of another object', async () => {
      const record = await bench.hub.declare('copied')
      await bench.desk.publish(record, [configMap('copied')])
      await bench.hub.fact(syncFinished, 'copied')
      const { labels, annotations } = (await kube().get('v1/ConfigMap', 'shop/copied'))!.metadata
      await kube().apply(configMap('copy-of-copied', undefined, { namespace: 'shop', labels, annotations }))
      await bench.desk.publish(record, [configMap('copied', { v: '2' })])
      await bench.hub.fact(syncFinished, 'copied', (its) => its.release === 2)
      expect(await bench.hub.data('copy-of-copied')).toBeDefined()
    })

    it('of most of an application waits for a person', async () => {
      const record = await bench.hub.declare('massive')
      const many = Array.from({ length: 14 }, (_, index) => configMap(`massive-${index}`))
      await bench.desk.publish(record, many)
      await bench.hub.fact(syncFinished, 'massive')
      await bench.desk.publish(record, many.slice(0, 2))
      const { status } = await bench.hub.until(
        'massive',
        'the guard',
        (its) => its.conditions?.[0]?.type === 'MassPruneWarning',
      )
      expect(status.conditions[0].message).toContain('12 of 14 objects left the source')
      expect(await bench.hub.data('massive-13')).toBeDefined()
      await bench.hub.patch('massive', { metadata: { annotations: { 'k8or.dev/allow-prune': '2' } } })
      await bench.hub.untilData('massive-13', (its) => its === undefined)
      await bench.hub.until('massive', 'Synced', (its) => its.sync?.status === 'Synced' && its.conditions === undefined)
    })

    it('of everything is refused unless allowEmpty says otherwise', async () => {
      const record = await bench.hub.declare('emptied')
      await bench.desk.publish(record, [configMap('emptied')])
      await bench.hub.fact(syncFinished, 'emptied')
      await bench.desk.publish(record, [])
      const { status } = await bench.hub.until(
        'emptied',
        'SyncError',
        (its) => its.conditions?.[0]?.type === 'SyncError',
      )
      expect(status.conditions[0].message).toContain('auto-sync will wipe out all resources')
      expect(await bench.hub.data('emptied')).toBeDefined()
    })
  })

  describe('without automation', () => {
    it('C108.4 nothing is applied until somebody asks', async () => {
      const record = await bench.hub.declare('manual', null)
      await bench.desk.publish(record, [configMap('manual', { v: '1' })])
      await bench.hub.until('manual', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
      expect(await bench.hub.data('manual')).toBeUndefined()
      await bench.hub.patch('manual', { operation: { sync: {}, initiatedBy: { username: 'ada' } } })
      const { status } = await bench.hub.until(
        'manual',
        'Synced',
        (its, object) => its.sync?.status === 'Synced' && !object['operation'],
      )
      expect(status.operationState).toMatchObject({
        phase: 'Succeeded',
        operation: { initiatedBy: { username: 'ada' } },
      })
      expect(status.history).toMatchObject([{ initiatedBy: { username: 'ada' } }])
      expect((await bench.hub.fact(syncStarted, 'manual')).actor).toBe('user:ada')
    })

    it('A6.1 A6.5 objects that are there already as desired are Synced, though the mesh never applied them', async () => {
      const metadata = {
        namespace: 'shop',
        annotations: { [managedMarks.trackingId]: 'adopted:/ConfigMap:shop/adopted' },
      }
      await kube().apply(configMap('adopted', { v: '1' }, metadata), fieldManager)
      const record = await bench.hub.declare('adopted', null)
      await bench.desk.publish(record, [configMap('adopted', { v: '1' })])
      await bench.hub.until('adopted', 'Synced', (its) => its.sync?.status === 'Synced')
      await bench.desk.publish(record, [configMap('adopted', { v: '2' })])
      await bench.hub.until('adopted', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
    })

    it('A6.2 what only looks different is in sync: defaults, quantities, status, text and its encoding', async () => {
      const metadata = (id: string) => ({
        ...{ name: 'alike', namespace: 'shop' },
        annotations: { [managedMarks.trackingId]: `alike:${id}:shop/alike` },
      })
      const deployment = (cpu: string, more: object = {}) => {
        const container = { name: 'c', image: 'web:1', resources: { requests: { cpu } } }
        const template = { metadata: { labels: { app: 'alike' } }, spec: { containers: [container] } }
        const spec = { ...more, selector: { matchLabels: { app: 'alike' } }, template }
        return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata('apps/Deployment'), spec }
      }
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: metadata('/Secret') }
      const live = [
        deployment('1000m', { replicas: 1, strategy: { type: 'RollingUpdate' } }),
        { ...secret, data: { key: Buffer.from('text').toString('base64') } },
      ]
      for (const object of live) await kube().apply(object, fieldManager)
      const record = await bench.hub.declare('alike', null)
      const desired = { ...secret, stringData: { key: 'text' } }
      await bench.desk.publish(record, [deployment('1', { replicas: 1, strategy: { type: 'RollingUpdate' } }), desired])
      await bench.hub.until('alike', 'Synced', (its) => its.sync?.status === 'Synced')
      await bench.desk.publish(record, [deployment('1', { replicas: 2 }), desired])
      const { status } = await bench.hub.until('alike', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
      expect(status.resources).toMatchObject([{ kind: 'Secret', status: 'Synced' }, { status: 'OutOfSync' }])
    })

    it('a dry run changes nothing, and tells what it would do to each object', async () => {
      const record = await bench.hub.declare('rehearsed', null)
      await bench.desk.publish(record, [configMap('rehearsed'), configMap('rehearsed-old')])
      await bench.hub.patch('rehearsed', { operation: { sync: {} } })
      await bench.hub.fact(syncFinished, 'rehearsed')
      const refused = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'refused' },
        spec: { ports: [{ port: 0 }] },
      }
      await bench.desk.publish(record, [configMap('rehearsed', { v: '2' }), configMap('rehearsed-new'), refused])
      await bench.hub.until('rehearsed', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
      await bench.hub.patch('rehearsed', { operation: { sync: { dryRun: true } } })
      const { status } = await bench.hub.until('rehearsed', 'done', (its) => its.operationState?.phase === 'Failed')
      const resources = status.operationState.syncResult.resources as Record<string, unknown>[]
      expect(resources.map((one) => [one['name'], one['status'], one['message']])).toEqual([
        ['rehearsed', 'Synced', 'configmap/rehearsed configured (dry run)'],
        ['rehearsed-new', 'Synced', 'configmap/rehearsed-new created (dry run)'],
        ['rehearsed-old', 'PruneSkipped', 'ignored (requires pruning)'],
        ['refused', 'SyncFailed', expect.stringContaining('spec.ports')],
      ])
      expect(status.sync.status).toBe('OutOfSync')
      expect(status.history).toHaveLength(1)
      expect([await bench.hub.data('rehearsed'), await bench.hub.data('rehearsed-new')]).toEqual([
        { v: '0' },
        undefined,
      ])
    })

    it('what is not supported yet is refused by name', async () => {
      const record = await bench.hub.declare('local', null)
      await bench.desk.publish(record, [configMap('local')])
      await bench.hub.patch('local', {
        operation: { sync: { manifests: ['{}'] } },
      })
      const { status } = await bench.hub.until(
        'local',
        'Error',
        (its, object) => its.operationState && !object['operation'],
      )
      expect(status.operationState).toMatchObject({ phase: 'Error' })
      expect(status.operationState.message).toContain('syncing local manifests is not supported yet')
    })
  })

  describe('an Application that goes', () => {
    it('takes its objects along when its finalizer says so', async () => {
      const metadata = { finalizers: ['resources-finalizer.argocd.argoproj.io/background'] }
      const record = await bench.hub.declare('leaving', {}, { metadata })
      await bench.desk.publish(record, [configMap('leaving')])
      await bench.hub.fact(syncFinished, 'leaving')
      await bench.hub.delete('leaving')
      await bench.hub.untilData('leaving', (its) => its === undefined)
      await eventually(async () => (await bench.hub.get('leaving')) === undefined, {
        timeoutMs,
        what: 'the Application to go',
      })
    })

    it('leaves them without one', async () => {
      const record = await bench.hub.declare('gone', {})
      await bench.desk.publish(record, [configMap('gone')])
      await bench.hub.fact(syncFinished, 'gone')
      await bench.hub.delete('gone')
      const rows = bench.bus('codesource')
      await eventually(async () => !(await bench.hub.get('gone')), { timeoutMs })
      expect(await bench.hub.data('gone')).toBeDefined()
      expect(rows.isConnected()).toBe(true)
    })
  })
})
