import 'reflect-metadata'
import {
  applicationDeclared,
  bucketOf,
  fieldManager,
  managedMarks,
  syncFinished,
  syncPlanned,
  syncStarted,
} from '@k8or/contracts'
import {
  eventually,
  HubDriver,
  ReleaseDesk,
  removeDir,
  startServiceBench,
  tempDir,
  type KubeObject,
  type ServiceBench,
} from '@k8or/rig'
import type { Links, ServiceApp } from '@k8or/shell'
import { createApp } from './app.module'
import { loadConfig } from './config'

const timeoutMs = 20_000

jest.setTimeout(30_000)

const configMap = (name: string, data: Record<string, string> = { v: '0' }, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
})

describe('services/syncmaster/src/syncmaster.rig', () => {
  const dir = tempDir('syncmaster')
  let bench: ServiceBench
  let desk: ReleaseDesk
  let hub: HubDriver
  let links: Links & { close(): Promise<void> }
  let app: ServiceApp

  beforeAll(async () => {
    bench = await startServiceBench(dir, { nodes: 1 })
    desk = new ReleaseDesk(bench.bus('chartstore'), bench.calls)
    hub = new HubDriver(bench)
    hub.follow()
    await bench.kube.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
    links = await bench.links('syncmaster')
    app = await createApp(loadConfig({ K8OR_REDIS_URL: bench.redis.url }), links)
    await app.start()
  }, 90_000)

  afterAll(async () => {
    await app.stop()
    await links.close()
    await hub.stop()
    await bench.stop()
    removeDir(dir)
  }, 30_000)

  const kube = () => bench.kube.client
  const data = async (name: string) => (await kube().get('v1/ConfigMap', `shop/${name}`))?.data
  const untilData = (name: string, accept: (data: Readonly<Record<string, string>> | undefined) => boolean) =>
    kube().watchUntil('v1/ConfigMap', `shop/${name}`, (found) => accept(found?.data), timeoutMs)

  describe('a declaration', () => {
    it('becomes a record and a fact, and so does its change', async () => {
      const record = await hub.declare('declared')
      const first = await hub.fact(applicationDeclared, 'declared')
      expect(first.data.application).toEqual(record)
      await hub.patch('declared', { spec: { source: { path: 'elsewhere' } } })
      const second = await hub.fact(
        applicationDeclared,
        'declared',
        (its) => its.application.sources[0]?.path === 'elsewhere',
      )
      expect(second.data.application.specDigest).not.toBe(record.specDigest)
      expect(hub.facts(applicationDeclared, 'declared')).toHaveLength(2)
    })

    it('asks the others to look again by a refresh, and takes the annotation away', async () => {
      const record = await hub.declare('refreshed')
      await desk.publish(record, [configMap('refreshed')])
      await hub.until('refreshed', 'Synced', (its) => its.sync?.status === 'Synced')
      await hub.patch('refreshed', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } })
      const asked = await hub.fact(applicationDeclared, 'refreshed', (its) => its.application.refresh !== '')
      expect(asked.data.application.refresh).toMatch(/^hard@/)
      await hub.until(
        'refreshed',
        'no annotation',
        (_, object) => !object.metadata.annotations?.['argocd.argoproj.io/refresh'],
      )
    })

    it('that is wrong names the rule on the conditions, and is well again once it is right', async () => {
      await hub.declare('wrong', {}, { spec: { project: 'nowhere' } })
      const { status } = await hub.until(
        'wrong',
        'InvalidSpecError',
        (its) => its.conditions?.[0]?.type === 'InvalidSpecError',
      )
      expect(status.conditions[0].message).toContain('application references project nowhere which does not exist')
      expect(status.sync.status).toBe('Unknown')
      expect(status.health.status).toBe('Unknown')
      await hub.patch('wrong', { spec: { project: 'default' } })
      await hub.until('wrong', 'no condition', (its) => its.conditions === undefined)
    })
  })

  describe('a release', () => {
    it('C108.2 is applied, tracked as Argo CD tracks, and told in the status', async () => {
      const record = await hub.declare('first')
      await desk.publish(record, [configMap('first', { color: 'blue' })])
      const { status } = await hub.until('first', 'Synced', (its) => its.sync?.status === 'Synced')
      const applied = await kube().get('v1/ConfigMap', 'shop/first')
      expect(applied?.metadata.annotations).toEqual({ [managedMarks.trackingId]: 'first:/ConfigMap:shop/first' })
      expect(applied?.metadata.labels).toEqual({
        [managedMarks.bucket]: String(bucketOf(record.ref.uid)),
        [managedMarks.application]: record.ref.uid,
      })
      expect(applied?.metadata['managedFields']).toMatchObject([{ manager: fieldManager, operation: 'Apply' }])
      expect(status.resources).toEqual([
        { version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'first', status: 'Synced' },
      ])
      expect(status.operationState).toMatchObject({
        phase: 'Succeeded',
        message: 'successfully synced (all tasks run)',
      })
      expect(status.operationState.syncResult.resources).toMatchObject([
        { kind: 'ConfigMap', name: 'first', status: 'Synced', message: 'configmap/first serverside-applied' },
      ])
      expect(status.history).toMatchObject([{ id: 0, initiatedBy: { automated: true } }])
    })

    it('C108.2 is planned to the object: created, configured, deleted and unchanged, each announced once', async () => {
      const record = await hub.declare('planned')
      await desk.publish(
        record,
        ['a', 'b', 'c'].map((name) => configMap(`planned-${name}`, { v: '1' })),
      )
      await hub.fact(syncFinished, 'planned', (its) => its.release === 1)
      const second = [configMap('planned-a', { v: '1' }), configMap('planned-b', { v: '2' }), configMap('planned-d')]
      await desk.publish(record, second)
      const { data: finished } = await hub.fact(syncFinished, 'planned', (its) => its.release === 2)
      const { data: planned } = await hub.fact(syncPlanned, 'planned', (its) => its.release === 2)
      expect(planned).toMatchObject({ create: 1, configure: 1, delete: 1, unchanged: 1 })
      expect(Object.fromEntries(finished.objects.map((one) => [one.object.name, one.result]))).toEqual({
        'planned-b': 'configured',
        'planned-c': 'deleted',
        'planned-d': 'created',
      })
      expect(finished).toMatchObject({ phase: 'Succeeded', total: 4 })
      expect(hub.facts(syncStarted, 'planned')).toHaveLength(2)
      await untilData('planned-c', (its) => its === undefined)
    })

    it('that changes nothing costs no call to the cluster', async () => {
      const record = await hub.declare('steady')
      await desk.publish(record, [configMap('steady', { v: '1' })])
      await hub.until('steady', 'Synced', (its) => its.sync?.status === 'Synced')
      const release = await desk.publish(record, [configMap('steady', { v: '1' })])
      const before = bench.gate.calls.length
      const { status } = await hub.until(
        'steady',
        'the new revision',
        (its) => its.sync?.revision === release.sources[0]?.revision,
      )
      const calls = bench.gate.calls.slice(before).filter((call) => call.path.includes('/configmaps'))
      expect(calls).toEqual([])
      expect(status.sync.status).toBe('Synced')
    })

    it('C56.6 that is older than the one applied is never applied again', async () => {
      const record = await hub.declare('ordered')
      const old = await desk.publish(record, [configMap('ordered', { v: 'old' })])
      await untilData('ordered', (its) => its?.['v'] === 'old')
      await desk.publish(record, [configMap('ordered', { v: 'new' })])
      await hub.fact(syncFinished, 'ordered', (its) => its.release === 2)
      await desk.store(old)
      await desk.announce(old, 'late')
      const marker = await hub.declare('ordered-marker')
      await desk.publish(marker, [configMap('ordered-marker')])
      await hub.fact(syncFinished, 'ordered-marker')
      expect(await data('ordered')).toEqual({ v: 'new' })
      expect(hub.facts(syncStarted, 'ordered')).toHaveLength(2)
    })

    it('goes to the cluster wave by wave and kind by kind, a Namespace before what lies in it', async () => {
      const record = await hub.declare('waves')
      const wave = (number: number) => ({ annotations: { 'argocd.argoproj.io/sync-wave': String(number) } })
      const before = bench.gate.calls.length
      await desk.publish(record, [
        configMap('waves-late', undefined, wave(2)),
        configMap('waves-new', undefined, { namespace: 'waves', ...wave(-1) }),
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'waves' }, spec: { ports: [{ port: 80 }] } },
        configMap('waves-first'),
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'waves' } },
      ])
      await hub.fact(syncFinished, 'waves')
      const applied = bench.gate.calls
        .slice(before)
        .filter((call) => call.method === 'PATCH' && !call.path.includes('argoproj'))
      expect(applied.map((call) => /([^/]+)\?/.exec(call.path)?.[1])).toEqual([
        'waves',
        'waves-new',
        'waves-first',
        'waves',
        'waves-late',
      ])
    })

    it('that holds an object which the API server refuses names object and field, and the rest still syncs', async () => {
      const record = await hub.declare('partly')
      const bad = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'partly' },
        spec: { ports: [{ port: 99999 }] },
      }
      await desk.publish(record, [bad, configMap('partly', { v: '1' })])
      const { data: finished } = await hub.fact(syncFinished, 'partly')
      expect(finished.phase).toBe('Failed')
      expect(finished.message).toMatch(/Service shop\/partly.*spec\.ports\[0\]\.port/)
      expect(await data('partly')).toEqual({ v: '1' })
      const { status } = await hub.until('partly', 'a retry', (its) => its.operationState?.phase === 'Running')
      expect(status.operationState.message).toContain('Retrying attempt #1 at ')
      expect(status.sync.status).toBe('OutOfSync')
      await desk.publish(record, [{ ...bad, spec: { ports: [{ port: 80 }] } }, configMap('partly', { v: '1' })])
      await hub.until(
        'partly',
        'Synced',
        (its) => its.sync?.status === 'Synced' && its.operationState.phase === 'Succeeded',
      )
    })

    it('that could not be rendered shows its problem, and the release before it stays', async () => {
      const record = await hub.declare('broken')
      const good = await desk.publish(record, [configMap('broken', { v: '1' })])
      await hub.until('broken', 'Synced', (its) => its.sync?.status === 'Synced')
      await desk.store({
        ...good,
        problems: [{ reason: 'InvalidYaml', message: 'app.yaml:3: bad indentation', file: 'app.yaml' }],
      })
      const { status } = await hub.until('broken', 'ComparisonError', (its) => its.sync?.status === 'Unknown')
      expect(status.conditions).toMatchObject([{ type: 'ComparisonError', message: 'app.yaml:3: bad indentation' }])
      expect(await data('broken')).toEqual({ v: '1' })
      await desk.store(good)
      await hub.until('broken', 'Synced again', (its) => its.sync?.status === 'Synced' && its.conditions === undefined)
    })

    it('waits for its namespace, and makes it when CreateNamespace=true says so', async () => {
      const elsewhere = { server: 'https://kubernetes.default.svc', namespace: 'made' }
      const record = await hub.declare('homeless', {}, { spec: { destination: elsewhere } })
      await desk.publish(record, [configMap('homeless')])
      const { data: failed } = await hub.fact(syncFinished, 'homeless')
      expect(failed.message).toContain('create namespace made, or set the sync option CreateNamespace=true')
      const policy = { automated: {}, syncOptions: ['CreateNamespace=true'] }
      await hub.patch('homeless', { spec: { syncPolicy: policy } })
      await hub.until('homeless', 'Synced', (its) => its.sync?.status === 'Synced')
      const namespace = await kube().get('v1/Namespace', 'made')
      expect(namespace?.metadata.annotations?.[managedMarks.trackingId]).toBeUndefined()
    })

    it('brings custom resources after the definition of their kind', async () => {
      const record = await hub.declare('crd')
      const names = { plural: 'gadgets', singular: 'gadget', kind: 'Gadget' }
      const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
      const definition = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'gadgets.shop.test' },
        spec: {
          group: 'shop.test',
          scope: 'Namespaced',
          names,
          versions: [{ name: 'v1', served: true, storage: true, schema }],
        },
      }
      await desk.publish(record, [
        { apiVersion: 'shop.test/v1', kind: 'Gadget', metadata: { name: 'one' } },
        definition,
      ])
      const { data: finished } = await hub.fact(syncFinished, 'crd')
      expect(finished).toMatchObject({ phase: 'Succeeded', total: 2 })
      const crd = await kube().get('apiextensions.k8s.io/v1/CustomResourceDefinition', 'gadgets.shop.test')
      expect(crd?.metadata.annotations).toBeUndefined()
      expect(crd?.metadata.labels).toBeUndefined()
    })

    it('leaves hooks out and says so', async () => {
      const record = await hub.declare('hooked')
      const hook = configMap('hooked-hook', undefined, { annotations: { 'argocd.argoproj.io/hook': 'PreSync' } })
      await desk.publish(record, [hook, configMap('hooked')])
      const { status } = await hub.until('hooked', 'Synced', (its) => its.sync?.status === 'Synced')
      expect(await data('hooked-hook')).toBeUndefined()
      expect(JSON.stringify(status.operationState)).toContain('hooks are not run yet')
    })
  })

  describe('pruning', () => {
    it('needs leave: without it the object stays and says that it requires pruning', async () => {
      const record = await hub.declare('unpruned', { selfHeal: true })
      await desk.publish(record, [configMap('unpruned-a'), configMap('unpruned-b')])
      await hub.fact(syncFinished, 'unpruned')
      await desk.publish(record, [configMap('unpruned-a')])
      const { status } = await hub.until('unpruned', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
      expect(status.resources).toMatchObject([{ name: 'unpruned-a' }, { name: 'unpruned-b', requiresPruning: true }])
      expect(await data('unpruned-b')).toBeDefined()
    })

    it('spares a copy that carries the tracking id of another object', async () => {
      const record = await hub.declare('copied')
      await desk.publish(record, [configMap('copied')])
      await hub.fact(syncFinished, 'copied')
      const { labels, annotations } = (await kube().get('v1/ConfigMap', 'shop/copied'))!.metadata
      await kube().apply(configMap('copy-of-copied', undefined, { namespace: 'shop', labels, annotations }))
      await desk.publish(record, [configMap('copied', { v: '2' })])
      await hub.fact(syncFinished, 'copied', (its) => its.release === 2)
      expect(await data('copy-of-copied')).toBeDefined()
    })

    it('of most of an application waits for a person', async () => {
      const record = await hub.declare('massive')
      const many = Array.from({ length: 14 }, (_, index) => configMap(`massive-${index}`))
      await desk.publish(record, many)
      await hub.fact(syncFinished, 'massive')
      await desk.publish(record, many.slice(0, 2))
      const { status } = await hub.until(
        'massive',
        'the guard',
        (its) => its.conditions?.[0]?.type === 'MassPruneWarning',
      )
      expect(status.conditions[0].message).toContain('12 of 14 objects left the source')
      expect(await data('massive-13')).toBeDefined()
      await hub.patch('massive', { metadata: { annotations: { 'k8or.dev/allow-prune': '2' } } })
      await untilData('massive-13', (its) => its === undefined)
      await hub.until('massive', 'Synced', (its) => its.sync?.status === 'Synced' && its.conditions === undefined)
    })

    it('of everything is refused unless allowEmpty says otherwise', async () => {
      const record = await hub.declare('emptied')
      await desk.publish(record, [configMap('emptied')])
      await hub.fact(syncFinished, 'emptied')
      await desk.publish(record, [])
      const { status } = await hub.until('emptied', 'SyncError', (its) => its.conditions?.[0]?.type === 'SyncError')
      expect(status.conditions[0].message).toContain('auto-sync will wipe out all resources')
      expect(await data('emptied')).toBeDefined()
    })
  })

  describe('without automation', () => {
    it('C108.4 nothing is applied until somebody asks', async () => {
      const record = await hub.declare('manual', null)
      await desk.publish(record, [configMap('manual', { v: '1' })])
      await hub.until('manual', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
      expect(await data('manual')).toBeUndefined()
      await hub.patch('manual', { operation: { sync: {}, initiatedBy: { username: 'ada' } } })
      const { status } = await hub.until(
        'manual',
        'Synced',
        (its, object) => its.sync?.status === 'Synced' && !object['operation'],
      )
      expect(status.operationState).toMatchObject({
        phase: 'Succeeded',
        operation: { initiatedBy: { username: 'ada' } },
      })
      expect(status.history).toMatchObject([{ initiatedBy: { username: 'ada' } }])
      expect((await hub.fact(syncStarted, 'manual')).actor).toBe('user:ada')
    })

    it('A6.5 objects that are there already as desired are Synced, though the mesh never applied them', async () => {
      const metadata = {
        namespace: 'shop',
        annotations: { [managedMarks.trackingId]: 'adopted:/ConfigMap:shop/adopted' },
      }
      await kube().apply(configMap('adopted', { v: '1' }, metadata), fieldManager)
      const record = await hub.declare('adopted', null)
      await desk.publish(record, [configMap('adopted', { v: '1' })])
      await hub.until('adopted', 'Synced', (its) => its.sync?.status === 'Synced')
      await desk.publish(record, [configMap('adopted', { v: '2' })])
      await hub.until('adopted', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
    })

    it('a dry run changes nothing', async () => {
      const record = await hub.declare('rehearsed', null)
      await desk.publish(record, [configMap('rehearsed')])
      await hub.until('rehearsed', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
      await hub.patch('rehearsed', { operation: { sync: { dryRun: true } } })
      const { status } = await hub.until('rehearsed', 'done', (its) => its.operationState?.phase === 'Succeeded')
      expect(status.sync.status).toBe('OutOfSync')
      expect(status.history).toBeUndefined()
      expect(await data('rehearsed')).toBeUndefined()
    })

    it('what is not supported yet is refused by name', async () => {
      const record = await hub.declare('selective', null)
      await desk.publish(record, [configMap('selective')])
      await hub.patch('selective', { operation: { sync: { resources: [{ kind: 'ConfigMap', name: 'selective' }] } } })
      const { status } = await hub.until(
        'selective',
        'Error',
        (its, object) => its.operationState && !object['operation'],
      )
      expect(status.operationState).toMatchObject({ phase: 'Error' })
      expect(status.operationState.message).toContain('syncing selected resources is not supported yet')
    })
  })

  describe('an Application that goes', () => {
    it('takes its objects along when its finalizer says so', async () => {
      const metadata = { finalizers: ['resources-finalizer.argocd.argoproj.io/background'] }
      const record = await hub.declare('leaving', {}, { metadata })
      await desk.publish(record, [configMap('leaving')])
      await hub.fact(syncFinished, 'leaving')
      await hub.delete('leaving')
      await untilData('leaving', (its) => its === undefined)
      await eventually(async () => (await hub.get('leaving')) === undefined, {
        timeoutMs,
        what: 'the Application to go',
      })
    })

    it('leaves them without one', async () => {
      const record = await hub.declare('gone', {})
      await desk.publish(record, [configMap('gone')])
      await hub.fact(syncFinished, 'gone')
      await hub.delete('gone')
      const rows = bench.bus('codesource')
      await eventually(async () => !(await hub.get('gone')), { timeoutMs })
      expect(await data('gone')).toBeDefined()
      expect(rows.isConnected()).toBe(true)
    })
  })

  it('is left alone while it is frozen', async () => {
    const annotations = { 'argocd.argoproj.io/skip-reconcile': 'true' }
    const record = await hub.declare('frozen', {}, { metadata: { annotations } })
    await desk.publish(record, [configMap('frozen')])
    const marker = await hub.declare('frozen-marker')
    await desk.publish(marker, [configMap('frozen-marker')])
    await hub.fact(syncFinished, 'frozen-marker')
    expect(await data('frozen')).toBeUndefined()
    expect((await hub.get('frozen'))?.status).toBeUndefined()
    await hub.patch('frozen', { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': null } } })
    await hub.until('frozen', 'Synced', (its) => its.sync?.status === 'Synced')
  })

  it('is left alone when another installation claims it', async () => {
    const annotations = { 'k8or.dev/installation': 'other' }
    const record = await hub.declare('claimed', {}, { metadata: { annotations } })
    await desk.publish(record, [configMap('claimed')])
    const { status } = await hub.until('claimed', 'a condition', (its) => its.conditions)
    expect(status.conditions[0].message).toContain('installation other drives this application')
    expect(await data('claimed')).toBeUndefined()
  })

  it('leaves Kubernetes Events on the Application', async () => {
    const record = await hub.declare('noted')
    await desk.publish(record, [configMap('noted')])
    const selector = `involvedObject.name=noted`
    const reasons = await eventually(
      async () => {
        const events = await kube().list('v1/Event', { namespace: 'argocd', fieldSelector: selector })
        const found = events.map((event) => String(event['reason']))
        return found.includes('OperationCompleted') && found
      },
      { timeoutMs, what: 'the events' },
    )
    expect(reasons).toEqual(expect.arrayContaining(['OperationStarted', 'OperationCompleted', 'ResourceUpdated']))
  })
})
