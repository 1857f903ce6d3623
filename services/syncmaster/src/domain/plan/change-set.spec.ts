import type { AppliedRecord } from '@k8or/contracts'
import type { KubeObject } from '@k8or/kube-objects'
import { toLiveObject, type LiveObject } from '../drift/live-object'
import type { Change } from './change'
import { countChanges, findSurplus, planChanges } from './change-set'
import { completeObjects, type DesiredObject } from './desired'
import { formatPlan } from './format-plan'
import { SyncOptions } from '../application/policy'
import { defaultMassChangeLimits, isMassPrune, keptFromPruning } from './prune'

const owner = { uid: 'u', instance: 'shop', destinationNamespace: 'shop' }
const configMap = (name: string, v = '1', annotations: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, annotations },
  data: { v },
})
const desiredOf = (...objects: KubeObject[]): readonly DesiredObject[] =>
  completeObjects(objects, owner, () => true).objects

const rowOf = (desired: DesiredObject, more: Partial<AppliedRecord> = {}): AppliedRecord => ({
  cluster: 'hub',
  object: desired.ref,
  release: 1,
  uid: 'x',
  generation: 1,
  desiredDigest: desired.digest,
  projectionDigest: 'as applied',
  ...{ sync: '', result: 'created' },
  ...more,
})
const liveOf = (desired: Pick<DesiredObject, 'object'>, more: Partial<LiveObject> = {}): LiveObject => ({
  ...toLiveObject(desired.object),
  projection: 'as applied',
  ...more,
})

const plan = (
  desired: readonly DesiredObject[],
  applied: readonly AppliedRecord[],
  live: readonly LiveObject[],
  surplus: readonly LiveObject[] = [],
) => {
  const rows = new Map(applied.map((row) => [`/ConfigMap/shop/${row.object.name}`, row]))
  const found = new Map(live.map((one) => [one.key, one]))
  return planChanges({ desired, applied: rows, live: (key) => found.get(key), cluster: 'hub', surplus }).changes
}
const told = (changes: ReturnType<typeof plan>): string[] =>
  changes.map(({ ref, action, cause }) => `${ref.name} ${action} ${cause}`)

describe('services/syncmaster/src/domain/plan/change-set', () => {
  it('C108.2 creates, configures, keeps and deletes exactly what differs', () => {
    const [fresh, changed, same] = desiredOf(configMap('fresh'), configMap('changed', '2'), configMap('same'))
    const [old] = desiredOf(configMap('old'))
    const changes = plan(
      [fresh!, changed!, same!],
      [rowOf(changed!, { desiredDigest: 'before' }), rowOf(same!)],
      [liveOf(changed!), liveOf(same!)],
      [liveOf(old!)],
    )
    expect(told(changes)).toEqual([
      'fresh create release',
      'changed configure release',
      'same unchanged release',
      'old delete release',
    ])
    expect(countChanges(changes)).toEqual({ create: 1, configure: 1, unchanged: 1, delete: 1 })
  })

  it('tells what others changed and deleted from what the release changed', () => {
    const [changed, deleted] = desiredOf(configMap('changed'), configMap('deleted'))
    const changes = plan(
      [changed!, deleted!],
      [rowOf(changed!), rowOf(deleted!)],
      [liveOf(changed!, { projection: 'else' })],
    )
    expect(told(changes)).toEqual(['changed configure changed', 'deleted create deleted'])
  })

  it('knows nothing of what was applied to another cluster', () => {
    const [moved] = desiredOf(configMap('moved'))
    expect(told(plan([moved!], [rowOf(moved!, { cluster: 'before' })], []))).toEqual(['moved create release'])
  })

  it('does not fight an object that is being deleted', () => {
    const [going] = desiredOf(configMap('going'))
    expect(told(plan([going!], [rowOf(going!)], [liveOf(going!, { deleting: true })]))).toEqual([
      'going unchanged release',
    ])
  })

  it('leaves hooks out, and one that is to be skipped unmentioned', () => {
    const hook = (name: string, word: string) => configMap(name, '1', { 'argocd.argoproj.io/hook': word })
    const changes = plan(desiredOf(hook('pre', 'PreSync'), hook('never', 'Skip')), [], [])
    expect(told(changes)).toEqual(['pre skip release'])
    expect(changes[0]?.reason).toContain('ConfigMap shop/pre is a PreSync hook')
  })

  it('counts as surplus only what its own tracking id says is ours', () => {
    const [wanted] = desiredOf(configMap('wanted'))
    const candidate = (name: string, instance: string) => liveOf(desiredOf(configMap(name))[0]!, { instance })
    const candidates = [
      candidate('wanted', 'shop'),
      candidate('old', 'shop'),
      candidate('old', 'shop'),
      candidate('copy', ''),
    ]
    expect(findSurplus(candidates, [wanted!], 'shop').map((live) => live.ref.name)).toEqual(['old'])
  })

  it('prints itself', () => {
    const [fresh] = desiredOf(configMap('fresh'))
    const [old] = desiredOf(configMap('old'))
    expect(formatPlan(plan([fresh!], [], [], [liveOf(old!)]))).toBe(
      [
        '+ ConfigMap shop/fresh (was not applied yet)',
        '- ConfigMap shop/old (is no longer in the source)',
        '1 to create, 0 to configure, 1 to delete, 0 unchanged',
      ].join('\n'),
    )
  })

  describe('pruning', () => {
    const surplus = (syncOptions = '', kind = 'ConfigMap'): Change => {
      const live = { ...liveOf(desiredOf(configMap('old'))[0]!), syncOptions }
      const ref = kind === 'ConfigMap' ? live.ref : { ...live.ref, group: 'apiextensions.k8s.io', kind }
      return { action: 'delete', key: 'k', wave: 0, cause: 'release', reason: '', ref, live }
    }
    const kept = (change: Change, prune: boolean, options: string[] = [], isApproved = false) =>
      keptFromPruning(change, { prune, options: new SyncOptions(options), isApproved })

    it('needs leave', () => {
      expect(kept(surplus(), false)).toBe('ignored (requires pruning)')
      expect(kept(surplus(), true)).toBeUndefined()
    })

    it('respects Prune=false, of the object before that of the application', () => {
      expect(kept(surplus('Prune=false'), true)).toBe('ignored (no prune)')
      expect(kept(surplus(), true, ['Prune=false'])).toBe('ignored (no prune)')
      expect(kept(surplus('Prune=true'), true, ['Prune=false'])).toBeUndefined()
    })

    it('asks for an approval with Prune=confirm, and for leave besides', () => {
      expect(kept(surplus('Prune=confirm'), true)).toContain('argocd.argoproj.io/deletion-approved=')
      expect(kept(surplus('Prune=confirm'), true, [], true)).toBeUndefined()
      expect(kept(surplus('Prune=confirm'), false, [], true)).toBe('ignored (requires pruning)')
      expect(kept(surplus(), true, ['Prune=confirm'])).toContain('waits for approval')
    })

    it('never takes a custom resource definition', () => {
      expect(kept(surplus('', 'CustomResourceDefinition'), true)).toContain('never pruned')
    })

    it('is large when it takes more than ten objects and more than half of the application', () => {
      expect(isMassPrune(11, 21, defaultMassChangeLimits)).toBe(true)
      expect(isMassPrune(11, 22, defaultMassChangeLimits)).toBe(false)
      expect(isMassPrune(10, 12, defaultMassChangeLimits)).toBe(false)
    })
  })
})
