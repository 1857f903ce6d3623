import { bucketOf, managedMarks } from '@k8or/contracts'
import type { KubeObject } from '@k8or/kube-objects'
import { broughtKinds, completeObjects, waveOf } from './desired'

const owner = { uid: 'uid-1', instance: 'shop', destinationNamespace: 'front' }
const marks = { [managedMarks.bucket]: String(bucketOf('uid-1')), [managedMarks.application]: 'uid-1' }

const object = (apiVersion: string, kind: string, metadata: KubeObject['metadata']): KubeObject => ({
  ...{ apiVersion, kind, metadata },
})
const complete = (...objects: KubeObject[]) =>
  completeObjects(objects, owner, (one) => one.kind !== 'ClusterRole' && (one.kind === 'Unserved' ? undefined : true))

describe('services/syncmaster/src/domain/plan/desired', () => {
  it('gives namespaced objects the namespace of the destination, and keeps their own', () => {
    const { objects } = complete(
      object('v1', 'ConfigMap', { name: 'a' }),
      object('v1', 'ConfigMap', { name: 'a', namespace: 'back' }),
    )
    expect(objects.map((one) => one.key)).toEqual(['/ConfigMap/front/a', '/ConfigMap/back/a'])
  })

  it('takes the namespace of cluster-scoped objects away', () => {
    const { objects } = complete(object('rbac.authorization.k8s.io/v1', 'ClusterRole', { name: 'r', namespace: 'x' }))
    expect(objects[0]?.object.metadata).not.toHaveProperty('namespace')
    expect(objects[0]?.object.metadata.annotations).toEqual({
      [managedMarks.trackingId]: 'shop:rbac.authorization.k8s.io/ClusterRole:front/r',
    })
  })

  it('tracks by annotation, and marks with bucket and application beside the labels that are there', () => {
    const { objects } = complete(object('apps/v1', 'Deployment', { name: 'web', labels: { app: 'web' } }))
    expect(objects[0]?.object.metadata).toEqual({
      name: 'web',
      namespace: 'front',
      labels: { app: 'web', ...marks },
      annotations: { [managedMarks.trackingId]: 'shop:apps/Deployment:front/web' },
    })
  })

  it('leaves custom resource definitions without marks', () => {
    const { objects } = complete(object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { name: 'x' }))
    expect(objects[0]).toMatchObject({ tracked: false, object: { metadata: { name: 'x' } } })
    expect(objects[0]?.object.metadata.labels).toBeUndefined()
  })

  it('lets the last of equal objects win and names the others', () => {
    const { objects, repeated } = complete(
      { ...object('v1', 'ConfigMap', { name: 'a' }), data: { v: '1' } },
      { ...object('v1', 'ConfigMap', { name: 'a' }), data: { v: '2' } },
    )
    expect(objects.map((one) => one.object['data'])).toEqual([{ v: '2' }])
    expect(repeated).toMatchObject([{ kind: 'ConfigMap', name: 'a' }])
  })

  it('leaves out kinds that are never managed', () => {
    const { objects, excluded } = complete(
      object('v1', 'Event', { name: 'e' }),
      object('coordination.k8s.io/v1', 'Lease', { name: 'l' }),
      object('events.k8s.io/v1', 'Event', { name: 'e' }),
    )
    expect(objects).toEqual([])
    expect(excluded.map((ref) => ref.kind)).toEqual(['Event', 'Lease', 'Event'])
  })

  it('keeps an object of a kind that is not served as it is', () => {
    const { objects } = complete(object('x.test/v1', 'Unserved', { name: 'u', namespace: 'n' }))
    expect(objects[0]?.ref).toMatchObject({ kind: 'Unserved', namespace: 'n' })
  })

  it('has one digest for equal objects, whatever the order of their fields', () => {
    const one = complete({ ...object('v1', 'ConfigMap', { name: 'a' }), data: { a: '1', b: '2' } })
    const other = complete({ data: { b: '2', a: '1' }, kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } })
    expect(one.objects[0]?.digest).toBe(other.objects[0]?.digest)
  })

  it('reads waves as integers, else the weight of a Helm hook, else 0', () => {
    const wave = 'argocd.argoproj.io/sync-wave'
    expect(waveOf({ [wave]: '-3' })).toBe(-3)
    expect(waveOf({ [wave]: 'soon', 'helm.sh/hook-weight': '5' })).toBe(5)
    expect(waveOf({ [wave]: '1.5' })).toBe(0)
    expect(waveOf({})).toBe(0)
  })

  it('tells hooks of Argo CD and of Helm, but not what Helm installs as an ordinary object', () => {
    const hooked = (annotations: Record<string, string>) =>
      complete(object('v1', 'ConfigMap', { name: 'a', annotations })).objects[0]?.hook
    expect(hooked({ 'argocd.argoproj.io/hook': 'PreSync' })).toBe('PreSync')
    expect(hooked({ 'helm.sh/hook': 'post-install' })).toBe('post-install')
    expect(hooked({ 'helm.sh/hook': 'crd-install' })).toBeUndefined()
    expect(hooked({})).toBeUndefined()
  })

  it('knows the scope of kinds that come with the manifests', () => {
    const spec = (scope: string, kind: string) => ({ group: 'x.test', scope, names: { kind } })
    const definition = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { name: 'x' })
    const brought = broughtKinds([
      { ...definition, spec: spec('Cluster', 'Wide') },
      { ...definition, spec: spec('Namespaced', 'Narrow') },
    ])
    expect(brought).toEqual(
      new Map([
        ['x.test/Wide', false],
        ['x.test/Narrow', true],
      ]),
    )
  })
})
