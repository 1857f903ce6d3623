import { health } from '../verdict/rule'
import { Forest } from './forest'
import type { Sighting } from './sighting'
import { managerAbove, troubleBelow } from './trouble-below'

const seen = (uid: string, kind: string, more: Partial<Sighting> = {}): Sighting => ({
  ref: { group: '', version: 'v1', kind, namespace: 'shop', name: uid },
  uid,
  generation: 1,
  application: '',
  counts: true,
  owners: [],
  createdAt: '',
  images: [],
  health: null,
  ...more,
})
const pod = (uid: string, message: string, createdAt = '') =>
  seen(uid, 'Pod', { owners: ['set'], createdAt, health: health(message === '' ? 'Healthy' : 'Degraded', message) })

describe('services/insighthub/src/domain/tree/trouble-below', () => {
  let forest: Forest
  beforeEach(() => {
    forest = new Forest()
    forest.put(seen('deployment', 'Deployment', { application: 'app-1' }))
    forest.put(seen('set', 'ReplicaSet', { owners: ['deployment'], health: health('Progressing', 'waiting') }))
  })

  it('says nothing while nothing below is degraded', () => {
    forest.put(pod('pod-1', ''))
    expect(troubleBelow(forest, 'deployment')).toBeUndefined()
    expect(troubleBelow(forest, 'unknown')).toBeUndefined()
  })

  it('names the newest pod that is degraded, in its own words', () => {
    forest.put(pod('old', 'exit code 1', '2026-01-01T00:00:00Z'))
    forest.put(pod('new', 'Back-off pulling image', '2026-01-02T00:00:00Z'))
    expect(troubleBelow(forest, 'deployment')).toBe('Pod new: Back-off pulling image')
  })

  it('names what is deepest: it knows best', () => {
    forest.put(seen('set', 'ReplicaSet', { owners: ['deployment'], health: health('Degraded', 'it failed') }))
    expect(troubleBelow(forest, 'deployment')).toBe('ReplicaSet set: it failed')
    forest.put(pod('pod-1', 'out of memory'))
    expect(troubleBelow(forest, 'deployment')).toBe('Pod pod-1: out of memory')
  })

  it('ends where objects own each other', () => {
    forest.put(seen('deployment', 'Deployment', { application: 'app-1', owners: ['pod-1'] }))
    forest.put(pod('pod-1', 'broken'))
    expect(troubleBelow(forest, 'deployment')).toBe('Pod pod-1: broken')
  })

  it('finds the application that made a pod by what it owns', () => {
    expect(managerAbove(forest, { owners: ['set'] })).toBe('app-1')
    expect(managerAbove(forest, { owners: ['elsewhere'] })).toBe('')
    expect(managerAbove(forest, { owners: [] })).toBe('')
  })
})
