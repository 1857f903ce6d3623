import { readyAfterAnnotation, runsHealthy, valueAt, type KubeObject, type MeshDriver } from '@k8or/rig'
import { conditionsOf } from './src/conditions'
import { configMap, deployment, workload } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

const applicationType = 'argoproj.io/v1alpha1/Application'

/** Every health that an Application has until it is as asked, each once. */
async function healthsUntil(driver: MeshDriver, name: string, accept: (one: KubeObject) => boolean): Promise<string[]> {
  const seen: string[] = []
  await driver.application(
    name,
    (application) => {
      const health = String(valueAt(application, 'status.health.status'))
      if (seen.at(-1) !== health) seen.push(health)
      return accept(application)
    },
    30_000,
  )
  return seen
}

function slowly(manifest: string, readyAfterMs: number): string {
  const annotations = `annotations: { ${readyAfterAnnotation}: "${String(readyAfterMs)}" }`
  return manifest.replace('    metadata: { labels:', `    metadata: { ${annotations}, labels:`)
}

const rolloutDefinition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: rollouts.argoproj.io }
spec:
  group: argoproj.io
  scope: Namespaced
  names: { kind: Rollout, plural: rollouts, singular: rollout }
  versions:
    - name: v1alpha1
      served: true
      storage: true
      subresources: { status: {} }
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`
const volume = `apiVersion: v1
kind: PersistentVolume
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], capacity: { storage: 1Gi }, hostPath: { path: /data } }
`
const others = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { storageClassName: '', accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: door }
spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: canary }
spec: { replicas: 1 }
`

describe('test/e2e/health.e2e', () => {
  const mesh = useMesh()

  it('C108.3 A13 a rollout goes through Progressing to Healthy, and never says Healthy too early', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('rolling')
    const first = await repository.commit({ 'app/w.yaml': deployment('rolling', 'shop/rolling:1', 2) })
    await driver.declare({ name: 'rolling', repoUrl: repository.url, path: 'app' })
    await driver.application('rolling', (one) => runsHealthy(one, first.after), 60_000)
    const push = await repository.commit({ 'app/w.yaml': slowly(deployment('rolling', 'shop/rolling:2', 2), 800) })
    const healths = healthsUntil(driver, 'rolling', (one) => runsHealthy(one, push.after))
    await repository.tell(push)
    expect(await healths).toEqual(['Healthy', 'Progressing', 'Healthy'])
    const web = await driver.hub.get('apps/v1/Deployment', 'default/rolling')
    expect(valueAt(web, 'status.updatedReplicas')).toBe(2)
  }, 90_000)

  it('A13 IH.3 an image that can not be pulled is named with its reason; the next push cures it', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('bad')
    await repository.commit({ 'app/w.yaml': deployment('bad', 'shop/web:bad', 1) })
    await driver.declare({ name: 'bad', repoUrl: repository.url, path: 'app' })
    const isTold = (one: KubeObject): boolean => /ErrImagePull|ImagePullBackOff|pull/i.test(JSON.stringify(one.status))
    const application = await driver.application('bad', isTold, 30_000)
    expect(['Degraded', 'Progressing']).toContain(valueAt(application, 'status.health.status'))
    const resources = valueAt(application, 'status.resources') as { kind: string; health?: { message?: string } }[]
    expect(resources.find(({ kind }) => kind === 'Deployment')?.health?.message).toMatch(/pull|shop\/web:bad/i)
    const cured = await repository.push({ 'app/w.yaml': deployment('bad', 'shop/web:2', 1) })
    await driver.application('bad', (one) => runsHealthy(one, cured), 30_000)
  }, 90_000)

  it('A13 StatefulSet, DaemonSet and Job are healthy when they are done', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('kinds')
    const { after } = await repository.commit({
      'app/s.yaml': workload('StatefulSet', 'store'),
      'app/d.yaml': workload('DaemonSet', 'agent'),
      'app/j.yaml': workload('Job', 'once'),
    })
    await driver.declare({ name: 'kinds', repoUrl: repository.url, path: 'app' })
    const application = await driver.application('kinds', (one) => runsHealthy(one, after), 60_000)
    const resources = valueAt(application, 'status.resources') as { kind: string; health?: { status: string } }[]
    const health = Object.fromEntries(resources.map((one) => [one.kind, one.health?.status]))
    expect(health).toEqual({ StatefulSet: 'Healthy', DaemonSet: 'Healthy', Job: 'Healthy' })
    expect(valueAt(await driver.hub.get('apps/v1/StatefulSet', 'default/store'), 'status.readyReplicas')).toBe(2)
    expect(valueAt(await driver.hub.get('batch/v1/Job', 'default/once'), 'status.succeeded')).toBe(1)
  }, 90_000)

  it('A13 a Job that fails is Degraded and tells why', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('failing')
    await repository.commit({
      'app/j.yaml': workload('Job', 'failing', 'shop/once:fail'),
      'app/c.yaml': configMap('f', '1'),
    })
    await driver.declare({ name: 'failing', repoUrl: repository.url, path: 'app' })
    const isDegraded = (one: KubeObject): boolean => valueAt(one, 'status.health.status') === 'Degraded'
    const application = await driver.application('failing', isDegraded, 30_000)
    const resources = valueAt(application, 'status.resources') as { kind: string; health?: Record<string, string> }[]
    expect(resources.find(({ kind }) => kind === 'Job')?.health).toMatchObject({
      status: 'Degraded',
      message: expect.stringMatching(/backoff limit/i) as string,
    })
    expect(valueAt(application, 'status.sync.status')).toBe('Synced')
  }, 60_000)

  it('A13 objects without pods are healthy at once', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('plain')
    const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: plain }\nspec: { ports: [{ port: 80 }] }\n'
    const { after } = await repository.commit({ 'app/s.yaml': service, 'app/c.yaml': configMap('plain', '1') })
    await driver.declare({ name: 'plain', repoUrl: repository.url, path: 'app' })
    await driver.application('plain', (one) => runsHealthy(one, after), 20_000)
  }, 60_000)

  it('A13 judges claims, ingresses, autoscalers and rollouts by what their controllers say', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('rest')
    await repository.commit({ 'app/definition.yaml': rolloutDefinition, 'app/others.yaml': others })
    await driver.declare({ name: 'rest', repoUrl: repository.url, path: 'app' })
    const isSo = (health: Record<string, string | undefined>) => (one: KubeObject) => {
      const resources = (valueAt(one, 'status.resources') ?? []) as { kind: string; health?: { status: string } }[]
      const seen = new Map(resources.map((resource) => [resource.kind, resource.health?.status]))
      return Object.entries(health).every(([kind, status]) => seen.get(kind) === status)
    }
    const begun = { PersistentVolumeClaim: 'Progressing', Ingress: 'Progressing', Rollout: 'Progressing' }
    await driver.application('rest', isSo({ ...begun, CustomResourceDefinition: undefined }), 40_000)
    const say = (type: string, name: string, status: object) =>
      driver.hub.patch(type, `default/${name}`, { status }, 'status')
    await driver.hub.applyYaml(volume)
    await say('networking.k8s.io/v1/Ingress', 'door', { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } })
    await say('argoproj.io/v1alpha1/Rollout', 'canary', { observedGeneration: '1', phase: 'Paused' })
    const judged = { PersistentVolumeClaim: 'Healthy', Ingress: 'Healthy', Rollout: 'Suspended' }
    const application = await driver.application('rest', isSo(judged), 20_000)
    expect(valueAt(application, 'status.health.status')).toBe('Suspended')
  }, 90_000)

  it('A2 an Application tells all that Argo CD tells', async () => {
    const { driver } = mesh()
    const application = await driver.hub.get(applicationType, 'argocd/rolling')
    const { status } = application ?? {}
    expect(status).toMatchObject({
      sync: { status: 'Synced', comparedTo: { source: { path: 'app' }, destination: { namespace: 'default' } } },
      health: { status: 'Healthy' },
      operationState: { phase: 'Succeeded', operation: { initiatedBy: { automated: true } } },
      sourceType: 'Directory',
      summary: { images: ['shop/rolling:2'] },
      resources: [
        { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'default', name: 'rolling', status: 'Synced' },
      ],
    })
    expect(valueAt(status, 'history')).toHaveLength(2)
    expect(valueAt(status, 'reconciledAt')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(conditionsOf(application)).toEqual([])
  })

  it('kubectl get applications shows sync and health', async () => {
    const { driver } = mesh()
    const table = await tableOf(driver)
    const titles = table.columnDefinitions.map(({ name }) => name)
    expect(titles).toEqual(expect.arrayContaining(['Name', 'Sync Status', 'Health Status']))
    const row = table.rows.find(({ cells }) => cells[0] === 'rolling')
    expect(row?.cells[titles.indexOf('Sync Status')]).toBe('Synced')
    expect(row?.cells[titles.indexOf('Health Status')]).toBe('Healthy')
  })

  it('kubectl describe application shows Events of what was done', async () => {
    const { driver } = mesh()
    const events = await driver.hub.list('v1/Event', {
      namespace: 'argocd',
      fieldSelector: 'involvedObject.kind=Application,involvedObject.name=rolling',
    })
    const reasons = events.map((event) => String(event['reason']))
    expect(reasons).toEqual(expect.arrayContaining(['OperationStarted', 'OperationCompleted', 'ResourceUpdated']))
    const messages = events.map((event) => String(event['message'])).join('\n')
    expect(messages).toMatch(/Sync operation to [0-9a-f]{40} succeeded/)
    expect(messages).toContain('Updated health status: Progressing -> Healthy')
  })
})

interface Table {
  readonly columnDefinitions: { readonly name: string }[]
  readonly rows: { readonly cells: unknown[] }[]
}

async function tableOf(driver: MeshDriver): Promise<Table> {
  const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications'
  const answer = await driver.hub.request(
    'GET',
    path,
    undefined,
    undefined,
    'application/json;as=Table;v=v1;g=meta.k8s.io',
  )
  return answer.body as Table
}
