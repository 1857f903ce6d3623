import 'reflect-metadata'
import {
  applicationDeclared,
  bucketOf,
  fieldManager,
  healthKey,
  healthRecord,
  managedMarks,
  syncFinished,
  syncPlanned,
  syncStarted,
} from '@k8or/contracts'
import { configMap, eventually, startHubBench, type HubBench, type RunningService } from '@k8or/rig'
import { createApp } from './app.module'
import { loadConfig } from './config'

const timeoutMs = 20_000

jest.setTimeout(30_000)

describe('services/syncmaster/src/syncmaster.rig', () => {
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

  describe('a declaration', () => {
    it('becomes a record and a fact, and so does its change', async () => {
      const record = await bench.hub.declare('declared')
      const first = await bench.hub.fact(applicationDeclared, 'declared')
      expect(first.data.application).toEqual(record)
      await bench.hub.patch('declared', { spec: { source: { path: 'elsewhere' } } })
      const second = await bench.hub.fact(
        applicationDeclared,
        'declared',
        (its) => its.application.sources[0]?.path === 'elsewhere',
      )
      expect(second.data.application.specDigest).not.toBe(record.specDigest)
      expect(bench.hub.facts(applicationDeclared, 'declared')).toHaveLength(2)
    })

    it('asks the others to look again by a refresh, and takes the annotation away', async () => {
      const record = await bench.hub.declare('refreshed')
      await bench.desk.publish(record, [configMap('refreshed')])
      await bench.hub.until('refreshed', 'Synced', (its) => its.sync?.status === 'Synced')
      await bench.hub.patch('refreshed', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } })
      const asked = await bench.hub.fact(applicationDeclared, 'refreshed', (its) => its.application.refresh !== '')
      expect(asked.data.application.refresh).toMatch(/^hard@/)
      await bench.hub.until(
        'refreshed',
        'no annotation',
        (_, object) => !object.metadata.annotations?.['argocd.argoproj.io/refresh'],
      )
    })

    it('that is wrong names the rule on the conditions, and is well again once it is right', async () => {
      await bench.hub.declare('wrong', {}, { spec: { project: 'nowhere' } })
      const { status } = await bench.hub.until(
        'wrong',
        'InvalidSpecError',
        (its) => its.conditions?.[0]?.type === 'InvalidSpecError',
      )
      expect(status.conditions[0].message).toContain('application references project nowhere which does not exist')
      expect(status.sync.status).toBe('Unknown')
      expect(status.health.status).toBe('Unknown')
      await bench.hub.patch('wrong', { spec: { project: 'default' } })
      await bench.hub.until('wrong', 'no condition', (its) => its.conditions === undefined)
    })
  })

  describe('a release', () => {
    it('C108.2 is applied, tracked as Argo CD tracks, and told in the status', async () => {
      const record = await bench.hub.declare('first')
      await bench.desk.publish(record, [configMap('first', { color: 'blue' })])
      const { status } = await bench.hub.until('first', 'Synced', (its) => its.sync?.status === 'Synced')
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
      const record = await bench.hub.declare('planned')
      await bench.desk.publish(
        record,
        ['a', 'b', 'c'].map((name) => configMap(`planned-${name}`, { v: '1' })),
      )
      await bench.hub.fact(syncFinished, 'planned', (its) => its.release === 1)
      const second = [configMap('planned-a', { v: '1' }), configMap('planned-b', { v: '2' }), configMap('planned-d')]
      await bench.desk.publish(record, second)
      const { data: finished } = await bench.hub.fact(syncFinished, 'planned', (its) => its.release === 2)
      const { data: planned } = await bench.hub.fact(syncPlanned, 'planned', (its) => its.release === 2)
      expect(planned).toMatchObject({ create: 1, configure: 1, delete: 1, unchanged: 1 })
      expect(Object.fromEntries(finished.objects.map((one) => [one.object.name, one.result]))).toEqual({
        'planned-b': 'configured',
        'planned-c': 'deleted',
        'planned-d': 'created',
      })
      expect(finished).toMatchObject({ phase: 'Succeeded', total: 4 })
      expect(bench.hub.facts(syncStarted, 'planned')).toHaveLength(2)
      await bench.hub.untilData('planned-c', (its) => its === undefined)
    })

    it('that changes nothing costs no call to the cluster', async () => {
      const record = await bench.hub.declare('steady')
      await bench.desk.publish(record, [configMap('steady', { v: '1' })])
      await bench.hub.until('steady', 'Synced', (its) => its.sync?.status === 'Synced')
      const release = await bench.desk.publish(record, [configMap('steady', { v: '1' })])
      const before = bench.gate.calls.length
      const { status } = await bench.hub.until(
        'steady',
        'the new revision',
        (its) => its.sync?.revision === release.sources[0]?.revision,
      )
      const calls = bench.gate.calls.slice(before).filter((call) => call.path.includes('/configmaps'))
      expect(calls).toEqual([])
      expect(status.sync.status).toBe('Synced')
    })

    it('C56.6 that is older than the one applied is never applied again', async () => {
      const record = await bench.hub.declare('ordered')
      const old = await bench.desk.publish(record, [configMap('ordered', { v: 'old' })])
      await bench.hub.untilData('ordered', (its) => its?.['v'] === 'old')
      await bench.desk.publish(record, [configMap('ordered', { v: 'new' })])
      await bench.hub.fact(syncFinished, 'ordered', (its) => its.release === 2)
      await bench.desk.store(old)
      await bench.desk.announce(old, 'late')
      const marker = await bench.hub.declare('ordered-marker')
      await bench.desk.publish(marker, [configMap('ordered-marker')])
      await bench.hub.fact(syncFinished, 'ordered-marker')
      expect(await bench.hub.data('ordered')).toEqual({ v: 'new' })
      expect(bench.hub.facts(syncStarted, 'ordered')).toHaveLength(2)
    })

    it('goes to the cluster wave by wave and kind by kind, a Namespace before what lies in it', async () => {
      const record = await bench.hub.declare('waves')
      const wave = (number: number) => ({ annotations: { 'argocd.argoproj.io/sync-wave': String(number) } })
      const before = bench.gate.calls.length
      await bench.desk.publish(record, [
        configMap('waves-late', undefined, wave(2)),
        configMap('waves-new', undefined, { namespace: 'waves', ...wave(-1) }),
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'waves' }, rules: [] },
        configMap('waves-first'),
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'waves' } },
      ])
      await bench.hub.fact(syncFinished, 'waves')
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
      const record = await bench.hub.declare('partly')
      const bad = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'partly' },
        spec: { ports: [{ port: 99999 }] },
      }
      await bench.desk.publish(record, [bad, configMap('partly', { v: '1' })])
      const { data: finished } = await bench.hub.fact(syncFinished, 'partly')
      expect(finished.phase).toBe('Failed')
      expect(finished.message).toMatch(/Service shop\/partly.*spec\.ports\[0\]\.port/)
      expect(await bench.hub.data('partly')).toEqual({ v: '1' })
      const { status } = await bench.hub.until('partly', 'a retry', (its) => its.operationState?.phase === 'Running')
      expect(status.operationState.message).toContain('Retrying attempt #1 at ')
      expect(status.sync.status).toBe('OutOfSync')
      await bench.desk.publish(record, [{ ...bad, spec: { ports: [{ port: 80 }] } }, configMap('partly', { v: '1' })])
      await bench.hub.until(
        'partly',
        'Synced',
        (its) => its.sync?.status === 'Synced' && its.operationState.phase === 'Succeeded',
      )
    })

    it('that could not be rendered shows its problem, and the release before it stays', async () => {
      const record = await bench.hub.declare('broken')
      const good = await bench.desk.publish(record, [configMap('broken', { v: '1' })])
      await bench.hub.until('broken', 'Synced', (its) => its.sync?.status === 'Synced')
      await bench.desk.store({
        ...good,
        problems: [{ reason: 'InvalidYaml', message: 'app.yaml:3: bad indentation', file: 'app.yaml' }],
      })
      const { status } = await bench.hub.until('broken', 'ComparisonError', (its) => its.sync?.status === 'Unknown')
      expect(status.conditions).toMatchObject([{ type: 'ComparisonError', message: 'app.yaml:3: bad indentation' }])
      expect(await bench.hub.data('broken')).toEqual({ v: '1' })
      await bench.desk.store(good)
      await bench.hub.until(
        'broken',
        'Synced again',
        (its) => its.sync?.status === 'Synced' && its.conditions === undefined,
      )
    })

    it('waits for its namespace, and makes it when CreateNamespace=true says so', async () => {
      const elsewhere = { server: 'https://kubernetes.default.svc', namespace: 'made' }
      const record = await bench.hub.declare('homeless', {}, { spec: { destination: elsewhere } })
      await bench.desk.publish(record, [configMap('homeless')])
      const { data: failed } = await bench.hub.fact(syncFinished, 'homeless')
      expect(failed.message).toContain('create namespace made, or set the sync option CreateNamespace=true')
      const policy = { automated: {}, syncOptions: ['CreateNamespace=true'] }
      await bench.hub.patch('homeless', { spec: { syncPolicy: policy } })
      await bench.hub.until('homeless', 'Synced', (its) => its.sync?.status === 'Synced')
      const namespace = await kube().get('v1/Namespace', 'made')
      expect(namespace?.metadata.annotations?.[managedMarks.trackingId]).toBeUndefined()
    })

    it('brings custom resources after the definition of their kind', async () => {
      const record = await bench.hub.declare('crd')
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
      await bench.desk.publish(record, [
        { apiVersion: 'shop.test/v1', kind: 'Gadget', metadata: { name: 'one' } },
        definition,
      ])
      const { data: finished } = await bench.hub.fact(syncFinished, 'crd')
      expect(finished).toMatchObject({ phase: 'Succeeded', total: 2 })
      const crd = await kube().get('apiextensions.k8s.io/v1/CustomResourceDefinition', 'gadgets.shop.test')
      expect(crd?.metadata.annotations).toBeUndefined()
      expect(crd?.metadata.labels).toBeUndefined()
    })

    it('C108.3 is told on its way: OutOfSync, running, Synced; Progressing until the verdict is about it, then Healthy', async () => {
      const record = await bench.hub.declare('told')
      const told: string[] = []
      const ending = new AbortController()
      const watching = (async () => {
        for await (const { object } of kube().watch(
          'argoproj.io/v1alpha1/Application',
          { namespace: 'argocd' },
          ending.signal,
        )) {
          if (object.metadata.name !== 'told') continue
          const { sync, health, operationState } = (object.status ?? {}) as Record<
            string,
            Record<string, string> | undefined
          >
          told.push(`${sync?.['status']} ${health?.['status']} ${operationState?.['phase']}`)
        }
      })().catch(() => undefined)
      const web = {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'told' } },
        spec: {
          selector: { matchLabels: { app: 'told' } },
          template: { metadata: { labels: { app: 'told' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      }
      await bench.desk.publish(record, [web, ...Array.from({ length: 25 }, (_, index) => configMap(`told-${index}`))])
      await bench.hub.fact(syncFinished, 'told')
      await bench.hub.until(
        'told',
        'Progressing',
        (its) => its.sync?.status === 'Synced' && its.health?.status === 'Progressing',
      )
      const { metadata } = (await kube().get('apps/v1/Deployment', 'shop/told'))!
      const object = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'told' }
      const verdict = { application: record.ref, cluster: 'in-cluster', since: new Date().toISOString(), factId: 'f' }
      const judged = {
        uid: metadata.uid ?? '',
        generation: metadata.generation ?? 0,
        health: { status: 'Healthy' as const, message: '' },
      }
      const rows = bench.bus('insighthub').records(healthRecord)
      await rows.put(healthKey(record.ref.uid, object), { ...verdict, object, ...judged })
      await rows.put(healthKey(record.ref.uid, null), { ...verdict, object: null, ...judged })
      await bench.hub.until('told', 'Healthy', (its) => its.health?.status === 'Healthy')
      await eventually(() => told.some((line) => line.includes('Healthy')), { what: 'the last word' })
      ending.abort()
      await watching
      expect([...new Set(told)].filter((line) => !line.includes('undefined undefined'))).toEqual([
        'OutOfSync undefined Running',
        'Synced Progressing Succeeded',
        'Synced Healthy Succeeded',
      ])
    })

    it('holds a release with hooks back, by automation and by hand, and says so', async () => {
      const record = await bench.hub.declare('hooked')
      const hook = configMap('hooked-hook', undefined, { annotations: { 'argocd.argoproj.io/hook': 'PreSync' } })
      await bench.desk.publish(record, [hook, configMap('hooked')])
      const { status } = await bench.hub.until('hooked', 'a condition', (its) => its.conditions)
      expect(status.conditions[0]).toMatchObject({ type: 'SyncError' })
      expect(status.conditions[0].message).toContain('hooks are not run yet')
      await bench.hub.patch('hooked', { operation: { sync: {} } })
      const asked = await bench.hub.until('hooked', 'an end', (its) => its.operationState?.phase === 'Error')
      expect(asked.status.operationState.message).toContain('hooks are not run yet')
      expect(await bench.hub.data('hooked-hook')).toBeUndefined()
      expect(await bench.hub.data('hooked')).toBeUndefined()
    })
  })

  it('is left alone while it is frozen', async () => {
    const annotations = { 'argocd.argoproj.io/skip-reconcile': 'true' }
    const record = await bench.hub.declare('frozen', {}, { metadata: { annotations } })
    await bench.desk.publish(record, [configMap('frozen')])
    const marker = await bench.hub.declare('frozen-marker')
    await bench.desk.publish(marker, [configMap('frozen-marker')])
    await bench.hub.fact(syncFinished, 'frozen-marker')
    expect(await bench.hub.data('frozen')).toBeUndefined()
    expect((await bench.hub.get('frozen'))?.status).toBeUndefined()
    await bench.hub.patch('frozen', { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': null } } })
    await bench.hub.until('frozen', 'Synced', (its) => its.sync?.status === 'Synced')
  })

  it('is left alone when another installation claims it', async () => {
    const annotations = { 'k8or.dev/installation': 'other' }
    const record = await bench.hub.declare('claimed', {}, { metadata: { annotations } })
    await bench.desk.publish(record, [configMap('claimed')])
    const { status } = await bench.hub.until('claimed', 'a condition', (its) => its.conditions)
    expect(status.conditions[0].message).toContain('installation other drives this application')
    expect(await bench.hub.data('claimed')).toBeUndefined()
  })

  it('leaves Kubernetes Events on the Application', async () => {
    const record = await bench.hub.declare('noted', null)
    await bench.desk.publish(record, [configMap('noted')])
    await bench.hub.until('noted', 'OutOfSync', (its) => its.sync?.status === 'OutOfSync')
    await bench.hub.patch('noted', { operation: { sync: {} } })
    const selector = `involvedObject.name=noted`
    const reasons = await eventually(
      async () => {
        const events = await kube().list('v1/Event', { namespace: 'argocd', fieldSelector: selector })
        const found = events.map((event) => String(event['reason']))
        return found.length >= 3 && found
      },
      { timeoutMs, what: 'the events' },
    )
    expect(reasons).toEqual(expect.arrayContaining(['OperationStarted', 'OperationCompleted', 'ResourceUpdated']))
  })
})
