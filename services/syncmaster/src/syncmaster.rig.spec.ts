import 'reflect-metadata'
import { applicationRecord, bucketOf, fieldManager, managedMarks, type ApplicationRecord } from '@k8or/contracts'
import {
  eventually,
  removeDir,
  startServiceBench,
  tempDir,
  valueAt,
  type KubeObject,
  type ServiceBench,
} from '@k8or/rig'
import type { ServiceApp } from '@k8or/shell'
import { createApp } from './app.module'
import { loadConfig } from './config'
import { ReleaseDesk } from './adapters/chartstore/support/release-desk'

const timeoutMs = 20_000

describe('services/syncmaster/src/syncmaster.rig', () => {
  const dir = tempDir('syncmaster')
  let bench: ServiceBench
  let desk: ReleaseDesk
  let app: ServiceApp

  beforeAll(async () => {
    bench = await startServiceBench(dir, { nodes: 1 })
    desk = new ReleaseDesk(bench.bus('chartstore'), bench.calls)
    await bench.kube.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
    app = await createApp(loadConfig({ K8OR_REDIS_URL: bench.redis.url }), await bench.links('syncmaster'))
    await app.start()
  }, 90_000)

  afterAll(async () => {
    await app.stop()
    await bench.stop()
    removeDir(dir)
  }, 30_000)

  const application = (name: string, policy: object | null = { prune: true, selfHeal: true }): KubeObject => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'default',
      source: { repoURL: 'https://git.test/shop.git', path: name, targetRevision: 'HEAD' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
      ...(policy ? { syncPolicy: { automated: policy } } : {}),
    },
  })

  const declare = async (object: KubeObject): Promise<ApplicationRecord> => {
    const { metadata } = await bench.kube.client.apply(object)
    const rows = bench.bus('codesource').records(applicationRecord)
    const row = await eventually(() => rows.get(metadata.uid ?? ''), { timeoutMs, what: 'the record' })
    return row.value
  }

  const configMap = (name: string, data: Record<string, string>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data,
  })

  const get = (name: string) => bench.kube.client.get('argoproj.io/v1alpha1/Application', `argocd/${name}`)
  const until = async (name: string, accept: (status: any) => boolean): Promise<KubeObject> =>
    eventually(
      async () => {
        const found = await get(name)
        return found?.status && accept(found.status) ? found : undefined
      },
      { timeoutMs, what: `the status of ${name}` },
    )

  it('C108.2 A5 applies what a release holds, tracked as Argo CD tracks, and says Synced', async () => {
    const record = await declare(application('first'))
    await desk.publish(record, [configMap('settings', { color: 'blue' })])
    const { status } = await until('first', (its) => its.sync?.status === 'Synced')
    const applied = await bench.kube.client.get('v1/ConfigMap', 'shop/settings')
    expect(applied?.data).toEqual({ color: 'blue' })
    expect(applied?.metadata.annotations).toEqual({ [managedMarks.trackingId]: 'first:/ConfigMap:shop/settings' })
    expect(applied?.metadata.labels).toEqual({
      [managedMarks.bucket]: String(bucketOf(record.ref.uid)),
      [managedMarks.application]: record.ref.uid,
    })
    expect(valueAt(applied!, 'metadata.managedFields.0')).toMatchObject({ manager: fieldManager, operation: 'Apply' })
    console.log(JSON.stringify(status, null, 1))
  })
})
