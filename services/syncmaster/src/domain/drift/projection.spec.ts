import { fieldManager } from '@k8or/contracts'
import type { KubeObject, ManagedFields } from '@k8or/kube-objects'
import { digestOf } from '../digest'
import { describeDrift } from './describe-drift'
import { ownsPath, projectFields, projectOwned } from './projection'

const entry = (
  manager: string,
  fieldsV1: Record<string, unknown>,
  more: Partial<ManagedFields> = {},
): ManagedFields => ({
  ...{
    manager,
    operation: 'Apply',
    apiVersion: 'apps/v1',
    fieldsType: 'FieldsV1',
    time: '2026-01-01T00:00:00Z',
    fieldsV1,
  },
  ...more,
})

const deployment = (spec: object, managedFields?: ManagedFields[]): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', ...(managedFields ? { managedFields } : {}) },
  spec,
  status: { readyReplicas: 1 },
})

const ours = {
  'f:spec': {
    'f:replicas': {},
    'f:template': {
      'f:spec': {
        'f:containers': {
          'k:{"name":"main"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
          },
        },
      },
    },
  },
}
const spec = (image: string, replicas = 3, more: object = {}) => ({
  replicas,
  paused: false,
  template: {
    spec: {
      containers: [
        { name: 'sidecar', image: 'proxy:1' },
        { name: 'main', image, ports: [{ containerPort: 80, protocol: 'TCP' }], ...more },
      ],
    },
  },
})
const digest = (object: KubeObject) => digestOf(projectOwned(object))

describe('services/syncmaster/src/domain/drift/projection', () => {
  it('cuts out the fields that our apply owns, list items by their keys', () => {
    expect(projectOwned(deployment(spec('web:1'), [entry(fieldManager, ours)]))).toEqual({
      'f:spec': {
        'f:replicas': 3,
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"main"}': {
                '.': 'present',
                'f:name': 'main',
                'f:image': 'web:1',
                'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': 'present', 'f:containerPort': 80 } },
              },
            },
          },
        },
      },
    })
  })

  it('stays the same whatever happens to fields of others', () => {
    const before = deployment(spec('web:1'), [entry(fieldManager, ours)])
    const others = [
      entry('kubectl-edit', { 'f:spec': { 'f:paused': {} } }, { operation: 'Update' }),
      entry(fieldManager, ours),
    ]
    const after = deployment({ ...spec('web:1', 3, { tty: true }), paused: true }, others)
    expect(digest(after)).toBe(digest(before))
  })

  it('changes with a value of ours, with a field that was taken from us, and when all of it was', () => {
    const before = digest(deployment(spec('web:1'), [entry(fieldManager, ours)]))
    const { 'f:replicas': _taken, ...left } = ours['f:spec']
    expect(digest(deployment(spec('web:2'), [entry(fieldManager, ours)]))).not.toBe(before)
    expect(digest(deployment(spec('web:1'), [entry(fieldManager, { 'f:spec': left })]))).not.toBe(before)
    expect(projectOwned(deployment(spec('web:1'), [entry('kubectl-edit', ours)]))).toBeUndefined()
    expect(projectOwned(deployment(spec('web:1'), []))).toBeUndefined()
  })

  it('does not take an update, or a subresource, under our name for our apply', () => {
    const update = entry(fieldManager, ours, { operation: 'Update' })
    const scale = entry(fieldManager, ours, { subresource: 'scale' })
    expect(projectOwned(deployment(spec('web:1'), [update, scale]))).toBeUndefined()
  })

  it('reads elements of sets, positions, nodes themselves and what is not there', () => {
    const value = { set: ['a', 'b'], list: [10, 20], map: { x: 1 }, atomic: { deep: [1] } }
    const fields = {
      'f:set': { 'v:"b"': {}, 'v:"gone"': {} },
      'f:list': { 'i:1': {} },
      'f:map': { '.': {}, 'f:y': {} },
      'f:atomic': {},
      'f:none': { '.': {} },
      'x:unknown': {},
    }
    expect(projectFields(value, fields)).toEqual({
      'f:set': { 'v:"b"': 'b', 'v:"gone"': null },
      'f:list': { 'i:1': 20 },
      'f:map': { '.': 'present', 'f:y': null },
      'f:atomic': { deep: [1] },
      'f:none': { '.': 'absent' },
      'x:unknown': null,
    })
  })

  it('tells an item of a list that went from one that stayed', () => {
    const without = { ...spec('web:1'), template: { spec: { containers: [{ name: 'sidecar', image: 'proxy:1' }] } } }
    const before = deployment(spec('web:1'), [entry(fieldManager, ours)])
    expect(digest(deployment(without, [entry(fieldManager, ours)]))).not.toBe(digest(before))
  })

  it('knows who owns a path, through list items', () => {
    const object = deployment(spec('web:1'), [])
    const image = ['spec', 'template', 'spec', 'containers', 1, 'image']
    expect(ownsPath(entry('x', ours), object, image)).toBe(true)
    expect(ownsPath(entry('x', ours), object, ['spec', 'paused'])).toBe(false)
    expect(ownsPath(entry('x', { 'f:spec': {} }), object, image)).toBe(true)
    expect(ownsPath(entry('x', ours), object, ['spec', 'template', 'spec', 'containers', 0, 'image'])).toBe(false)
  })

  describe('description', () => {
    it('C108.5 names the fields that differ and the manager that took them', () => {
      const desired = deployment(spec('web:1'))
      const live = deployment(spec('web:2', 5), [
        entry(fieldManager, {}),
        entry('hpa', { 'f:spec': { 'f:replicas': {} } }, { operation: 'Update', time: '2026-01-02T00:00:00Z' }),
        entry(
          'kubelet',
          { 'f:status': {} },
          { operation: 'Update', subresource: 'status', time: '2026-01-03T00:00:00Z' },
        ),
      ])
      expect(describeDrift(desired, live)).toEqual({
        fields: ['.spec.replicas', '.spec.template.spec.containers[1].image'],
        manager: 'hpa',
      })
    })

    it('names the last writer when a field was removed, which then nobody owns', () => {
      const live = deployment({ paused: false }, [
        entry('early', {}, { operation: 'Update', time: '2026-01-01T00:00:00Z' }),
        entry('late', {}, { operation: 'Update', time: '2026-01-02T00:00:00Z' }),
      ])
      expect(describeDrift(deployment({ paused: false, replicas: 3 }), live)).toEqual({
        fields: ['.spec.replicas'],
        manager: 'late',
      })
    })
  })
})
