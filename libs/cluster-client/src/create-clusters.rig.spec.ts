import type { KubeObject } from '@k8or/kube-objects'
import { Later } from '@k8or/outcome'
import { eventually, removeDir, startKube, tempDir, type KubeServer, installDefinitions } from '@k8or/rig'
import { Agent, request } from 'undici'
import { createClusters, KubeError, type Clusters, type Gate } from '.'

const signal = new AbortController().signal
const cluster = 'in-cluster'
const configMaps = { group: '', version: 'v1', kind: 'ConfigMap' }

/** Straight to one API server: this file is about the client, not about the gate. */
function directGate(kube: KubeServer): Gate & { close(): Promise<void> } {
  const agent = new Agent({ connect: { ca: kube.ca, cert: kube.cert, key: kube.key }, allowH2: false })
  return {
    call: async ({ method, path, headers, body, signal: ending }) => {
      const options = { method, headers, signal: ending, dispatcher: agent, ...(body === undefined ? {} : { body }) }
      const answer = await request(`${kube.url}${path}`, options).catch((cause: unknown) => {
        throw new Later('unreachable', undefined, { cause })
      })
      return { status: answer.statusCode, headers: {}, body: answer.body }
    },
    close: () => agent.destroy(),
  }
}

function configMap(name: string, value = '1'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { value } }
}

function refOf(name: string): { group: string; version: string; kind: string; namespace: string; name: string } {
  return { ...configMaps, namespace: 'default', name }
}

describe('libs/cluster-client/src/create-clusters.rig', () => {
  const dir = tempDir('cluster-client')
  let kube: KubeServer
  let gate: ReturnType<typeof directGate>
  let clusters: Clusters

  beforeAll(async () => {
    kube = await startKube({ dir, controllers: false })
    gate = directGate(kube)
    clusters = createClusters(gate)
  }, 60_000)

  afterAll(async () => {
    await gate.close()
    await kube.stop()
    removeDir(dir)
  })

  it('applies by force under the field manager of Argo CD, and answers the object as stored', async () => {
    const stored = await clusters.apply(cluster, configMap('applied'), { signal })
    expect(stored.metadata.uid).toBeDefined()
    expect(stored.metadata.managedFields?.[0]).toMatchObject({ manager: 'argocd-controller', operation: 'Apply' })
    const dry = await clusters.apply(cluster, configMap('applied', '2'), { signal, dryRun: true })
    expect(dry['data']).toEqual({ value: '2' })
    expect((await clusters.get(cluster, refOf('applied'), { signal }))?.['data']).toEqual({ value: '1' })
  })

  it('answers nothing for an object that is not there, and false when it deletes one', async () => {
    expect(await clusters.get(cluster, refOf('none'), { signal })).toBeUndefined()
    expect(await clusters.delete(cluster, refOf('none'), { signal })).toBe(false)
  })

  it('deletes only the object with the given uid', async () => {
    await clusters.create(cluster, configMap('deleted'), { signal })
    const other = clusters.delete(cluster, refOf('deleted'), { signal, uid: 'another' })
    await expect(other).rejects.toMatchObject({ status: 409 })
    expect(await clusters.delete(cluster, refOf('deleted'), { signal, propagation: 'Background' })).toBe(true)
  })

  it('names object, field and next step when the API server refuses', async () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bad', namespace: 'default' } }
    const refused = clusters.apply(cluster, { ...service, spec: { ports: [{ port: 99_999 }] } }, { signal })
    const error = await refused.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(KubeError)
    expect(error).toMatchObject({ status: 422, reason: 'Invalid', ref: { kind: 'Service', name: 'bad' } })
    expect((error as KubeError).message).toMatch(
      /apply Service default\/bad on cluster in-cluster: .*spec\.ports\[0\]\.port/,
    )
    expect((error as KubeError).faults[0]?.field).toBe('spec.ports[0].port')
  })

  it('says that a kind is not served, and finds it once its definition is installed', async () => {
    const kind = { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application' }
    await expect(clusters.list(cluster, kind, { signal })).rejects.toThrow('serves no argoproj.io/v1alpha1 Application')
    await installDefinitions(kube.client)
    const found = await eventually(() => clusters.discover(cluster, kind, { signal }), { timeoutMs: 15_000 })
    expect(found).toMatchObject({ plural: 'applications', namespaced: true })
    const resources = await clusters.resources(cluster, { signal })
    expect(resources).toContainEqual(expect.objectContaining({ group: 'apps', kind: 'Deployment', version: 'v1' }))
  }, 30_000)

  it('declares Applications as Argo CD does: unknown fields kept, needed ones asked for, no status subresource', async () => {
    const spec = {
      project: '',
      destination: { server: 'x', custom: 1 },
      source: { repoURL: 'r', helm: { values: 'a' } },
    }
    const application = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'a', namespace: 'default' },
      spec,
    }
    expect((await clusters.create(cluster, application, { signal }))['spec']).toEqual(spec)
    const ref = { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', namespace: 'default', name: 'a' }
    const patched = await clusters.mergePatch(cluster, ref, { status: { sync: { status: 'Synced' } } }, { signal })
    expect(patched['status']).toEqual({ sync: { status: 'Synced' } })
    const broken = { ...application, metadata: { name: 'b', namespace: 'default' }, spec: { destination: {} } }
    await expect(clusters.create(cluster, broken, { signal })).rejects.toThrow('spec.project: Required value')
  }, 30_000)

  it('lists page by page, each object with its kind', async () => {
    for (let i = 0; i < 12; i++)
      await clusters.apply(
        cluster,
        { ...configMap(`page-${i}`), metadata: { name: `page-${i}`, namespace: 'default', labels: { page: 'yes' } } },
        { signal },
      )
    const listed = await clusters.list(cluster, configMaps, { signal, namespace: 'default', labelSelector: 'page=yes' })
    expect(listed).toHaveLength(12)
    expect(listed[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' })
  })

  it('watches from a snapshot on, and goes on after the API server was killed', async () => {
    const ending = new AbortController()
    const seen: string[] = []
    const troubles: boolean[] = []
    clusters.watch(cluster, configMaps, {
      signal: ending.signal,
      namespace: 'default',
      labelSelector: 'watched=yes',
      onSnapshot: (objects) => seen.push(`snapshot ${objects.map((one) => one.metadata.name).join()}`),
      onEvent: (type, object) => seen.push(`${type} ${object.metadata.name}`),
      onTrouble: (error) => troubles.push(error !== null),
    })
    const watched = (name: string, value: string): KubeObject => ({
      ...configMap(name, value),
      metadata: { name, namespace: 'default', labels: { watched: 'yes' } },
    })
    await eventually(() => seen.includes('snapshot '))
    await clusters.apply(cluster, watched('w1', '1'), { signal })
    await eventually(() => seen.includes('ADDED w1'))
    await kube.restartApiServer()
    await eventually(() => clusters.apply(cluster, watched('w1', '2'), { signal }), { timeoutMs: 20_000 })
    await eventually(() => seen.includes('MODIFIED w1') || seen.includes('snapshot w1'), { timeoutMs: 20_000 })
    expect(troubles.at(-1) ?? false).toBe(false)
    ending.abort()
    const count = seen.length
    await clusters.delete(cluster, refOf('w1'), { signal })
    expect(seen).toHaveLength(count)
  }, 60_000)
})
