import { fieldManager, managedMarks } from '@k8or/contracts'
import type { KubeObject } from '@k8or/kube-objects'
import { digestOf } from '../digest'
import { LiveIndex } from './live-index'
import { projectOwned } from './projection'

const key = '/ConfigMap/shop/a'

const object = (version: number, v = '1', more: Partial<KubeObject['metadata']> = {}, name = 'a'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    ...{ name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: String(version) },
    labels: { [managedMarks.application]: 'app' },
    managedFields: [
      {
        ...{ manager: fieldManager, operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1' },
        fieldsV1: { 'f:data': { 'f:v': {} } },
      },
    ],
    ...more,
  },
  data: { v },
})
const expected = digestOf(projectOwned(object(1)))
const indexOf = (...taken: KubeObject[]): LiveIndex => {
  const index = new LiveIndex(() => expected)
  for (const one of taken) index.take('hub', one)
  return index
}

describe('services/syncmaster/src/domain/drift/live-index', () => {
  it('says nothing of an object that is as expected, and keeps no content of it', () => {
    const index = indexOf(object(1))
    expect(index.take('hub', object(2))).toEqual([])
    expect(index.bodyOf('hub', key)).toBeUndefined()
    expect(index.find('hub', key)?.resourceVersion).toBe('2')
  })

  it('names the application whose object changed, and keeps the content until it is well again', () => {
    const index = indexOf(object(1))
    expect(index.take('hub', object(2, 'drifted'))).toEqual(['app'])
    expect(index.bodyOf('hub', key)?.['data']).toEqual({ v: 'drifted' })
    expect(index.take('hub', object(3))).toEqual([])
    expect(index.bodyOf('hub', key)).toBeUndefined()
  })

  it('ignores what is older than what was seen, but not a new object of the same name', () => {
    const index = indexOf(object(5))
    expect(index.take('hub', object(4, 'late'))).toEqual([])
    expect(index.find('hub', key)?.resourceVersion).toBe('5')
    expect(index.take('hub', object(3, '1', { uid: 'other' }))).toEqual(['app'])
  })

  it('forgets a kind of one cluster, and nothing else', () => {
    const index = indexOf(object(1))
    index.take('edge', object(1))
    index.take('hub', { ...object(1), kind: 'Secret' })
    index.forgetKind('hub', '', 'ConfigMap')
    expect(index.find('hub', key)).toBeUndefined()
    expect(index.ofApplication('hub', 'app').map(({ ref }) => ref.kind)).toEqual(['Secret'])
    expect(index.find('edge', key)).toBeDefined()
  })

  it('still doubts what was deleted when the answer to an earlier apply comes late', () => {
    const index = indexOf(object(1))
    expect(index.doubt('hub', key, '3')).toEqual(['app'])
    index.take('hub', object(2))
    expect(index.isUncertain('hub', key)).toBe(true)
    index.take('hub', object(4))
    expect(index.isUncertain('hub', key)).toBe(false)
  })

  it('doubts what left the selection, until it is asked for', () => {
    const index = indexOf(object(1))
    expect(index.doubt('hub', key)).toEqual(['app'])
    expect(index.isUncertain('hub', key)).toBe(true)
    index.take('hub', object(2))
    expect(index.isUncertain('hub', key)).toBe(false)
    expect(index.doubt('hub', '/ConfigMap/shop/unknown')).toEqual([])
  })

  it('doubts what a new list no longer holds, of that kind and cluster alone', () => {
    const index = indexOf(object(1), object(1, '1', {}, 'b'))
    index.take('edge', object(1))
    expect(index.takeAll('hub', '', 'ConfigMap', [object(2, '1', {}, 'b')])).toEqual(['app'])
    expect(index.isUncertain('hub', key)).toBe(true)
    expect(index.isUncertain('hub', '/ConfigMap/shop/b')).toBe(false)
    expect(index.isUncertain('edge', key)).toBe(false)
  })

  it('knows the objects of an application, and forgets them', () => {
    const index = indexOf(object(1), object(1, '1', {}, 'b'))
    expect(index.ofApplication('hub', 'app').map((live) => live.ref.name)).toEqual(['a', 'b'])
    index.forget('hub', key)
    expect(index.ofApplication('hub', 'app').map((live) => live.ref.name)).toEqual(['b'])
    expect(index.find('hub', key)).toBeUndefined()
  })

  it('tells both applications when an object changes hands', () => {
    const index = indexOf(object(1))
    expect(index.take('hub', object(2, 'theirs', { labels: { [managedMarks.application]: 'other' } }))).toEqual([
      'other',
      'app',
    ])
    expect(index.ofApplication('hub', 'app')).toEqual([])
  })
})
