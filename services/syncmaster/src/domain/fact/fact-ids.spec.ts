import { declaredId, driftDetectedId, driftRepairedId, removedId, syncId } from './fact-ids'

const object = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
const drift = { release: 3, cluster: 'far', object, uid: 'o-1', resourceVersion: '7' }

describe('services/syncmaster/src/domain/fact/fact-ids', () => {
  it('names application, release and attempt of a sync, also after a step back', () => {
    expect(syncId('sync.started', { sync: 'a-b-c-4-1', release: 4, cluster: 'far' })).toBe('sync.started/a-b-c/4/1')
    expect(syncId('sync.finished', { sync: 'a-4-2.1', release: 4, cluster: 'far' })).toBe('sync.finished/a/4/2.1')
  })

  it('tells declarations of one application apart, and its one removal', () => {
    expect(declaredId({ uid: 'a' }, 12)).toBe('application.declared/a/12')
    expect(removedId({ uid: 'a' })).toBe('application.removed/a')
  })

  it('is the same for a drift that is seen again, and another for each object and version, as is its repair', () => {
    const id = driftDetectedId('a', drift)
    expect(id).toBe(driftDetectedId('a', { ...drift, release: 4 }))
    expect(driftDetectedId('a', { ...drift, resourceVersion: '' })).toMatch(
      /^drift\.detected\/a\/[0-9a-f]{16}\/o-1\/gone$/,
    )
    const others = [drift, { ...drift, resourceVersion: '8' }, { ...drift, object: { ...object, name: 'db' } }]
    expect(new Set(others.map((each) => driftDetectedId('a', each))).size).toBe(3)
    expect(new Set(others.map((each) => driftRepairedId(driftDetectedId('a', each)))).size).toBe(3)
  })
})
