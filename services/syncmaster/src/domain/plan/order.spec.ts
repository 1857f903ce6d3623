import fc from 'fast-check'
import type { KubeObject } from '@k8or/kube-objects'
import { completeObjects } from './desired'
import { kindOrder, kindRank } from './kind-order'
import { orderChanges } from './order'
import { wavesOf } from './waves'
import type { Change } from './change'
import { toLiveObject } from '../drift/live-object'

const owner = { uid: 'u', instance: 'shop', destinationNamespace: 'shop' }

const object = (kind: string, name: string, wave?: number, more: Partial<KubeObject> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(wave === undefined ? {} : { annotations: { 'argocd.argoproj.io/sync-wave': String(wave) } }) },
  ...more,
})

const create = (objects: KubeObject[]): Change[] =>
  completeObjects(objects, owner, (one) => one.kind !== 'Namespace').objects.map((desired) => ({
    ...{ action: 'create', cause: 'release', reason: '' },
    ...{ ref: desired.ref, key: desired.key, wave: desired.wave, desired },
  }))

const remove = (kind: string, name: string, wave = 0): Change => {
  const live = toLiveObject(object(kind, name, wave))
  return { action: 'delete', ref: live.ref, key: live.key, wave, cause: 'release', reason: '', live }
}

const told = (changes: Change[], options = {}): string[] =>
  orderChanges(changes, wavesOf(changes, options)).map(
    ({ kind, changes: group }) => `${kind}: ${group.map((change) => change.ref.name).join(' ')}`,
  )

describe('services/syncmaster/src/domain/plan/order', () => {
  it('goes kind after kind in the listed order, whatever the order of the manifests', () => {
    const kinds = fc.shuffledSubarray([...kindOrder, 'Widget', 'Gadget'])
    fc.assert(
      fc.property(kinds, (shuffled) => {
        const changes = create(shuffled.map((kind) => object(kind, 'x')))
        const groups = orderChanges(changes, wavesOf(changes))
        const ranks = groups.map((group) => kindRank(group.kind))
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
        expect(groups.flatMap((group) => group.changes)).toHaveLength(shuffled.length)
      }),
    )
  })

  it('goes wave after wave, negative ones first, and leaves nothing out', () => {
    const waved = fc.array(
      fc.record({ kind: fc.constantFrom('ConfigMap', 'Service', 'Job'), wave: fc.integer({ min: -5, max: 5 }) }),
    )
    fc.assert(
      fc.property(waved, (list) => {
        const changes = create(list.map(({ kind, wave }, index) => object(kind, `n${index}`, wave)))
        const groups = orderChanges(changes, wavesOf(changes))
        const waves = groups.map((group) => group.wave)
        expect(waves).toEqual(waves.toSorted((a, b) => a - b))
        expect(groups.reduce((sum, group) => sum + group.changes.length, 0)).toBe(list.length)
      }),
    )
  })

  it('puts objects of one kind of one wave into one group', () => {
    const changes = create([object('ConfigMap', 'b'), object('Secret', 's'), object('ConfigMap', 'a')])
    expect(told(changes)).toEqual(['Secret: s', 'ConfigMap: a b'])
  })

  it('moves a Namespace before the first object that lies in it', () => {
    const inside = object('ConfigMap', 'inside', -2)
    inside.metadata.namespace = 'new'
    expect(told(create([object('Namespace', 'new', 3), inside]))).toEqual(['Namespace: new', 'ConfigMap: inside'])
  })

  it('moves a definition before the first object of its kind', () => {
    const definition = object('CustomResourceDefinition', 'widgets', 1, {
      apiVersion: 'apiextensions.k8s.io/v1',
      spec: { group: 'x.test', names: { kind: 'Widget' } },
    })
    const widget = object('Widget', 'w', -1, { apiVersion: 'x.test/v1' })
    expect(told(create([definition, widget]))).toEqual(['CustomResourceDefinition: widgets', 'Widget: w'])
  })

  it('deletes first inside a wave, and what was made first last', () => {
    const changes = [
      ...create([object('ConfigMap', 'new')]),
      remove('ConfigMap', 'early', -1),
      remove('Service', 'late', 4),
    ]
    expect(told(changes)).toEqual(['prune: late', 'ConfigMap: new', 'prune: early'])
  })

  it('deletes after everything else with PruneLast', () => {
    const changes = [...create([object('ConfigMap', 'new', 7)]), remove('ConfigMap', 'old')]
    expect(told(changes, { pruneLast: true })).toEqual(['ConfigMap: new', 'prune: old'])
  })

  it('leaves out what needs nothing', () => {
    const [change] = create([object('ConfigMap', 'same')])
    expect(told([{ ...change!, action: 'unchanged' }])).toEqual([])
  })
})
