import { Forest } from './forest'
import { growTree } from './grow-tree'
import type { Sighting } from './sighting'

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
const chain = [
  seen('deployment', 'Deployment', { application: 'app-1' }),
  seen('set', 'ReplicaSet', { owners: ['deployment'] }),
  seen('pod-2', 'Pod', { owners: ['set'] }),
  seen('pod-1', 'Pod', { owners: ['set'] }),
  seen('other', 'Pod', { owners: ['elsewhere'] }),
]
const grow = (forest: Forest) => growTree(forest, 'app-1').map(({ parent, object }) => `${parent}>${object.uid}`)

describe('services/insighthub/src/domain/tree/grow-tree', () => {
  let forest: Forest
  beforeEach(() => {
    forest = new Forest()
    for (const sighting of chain) forest.put(sighting)
  })

  it('grows from the application to its pods, in order', () => {
    expect(grow(forest)).toEqual(['>deployment', 'deployment>set', 'set>pod-1', 'set>pod-2'])
  })

  it('follows what changes hands and what goes', () => {
    forest.put(seen('pod-1', 'Pod', { owners: ['elsewhere'] }))
    forest.remove('pod-2')
    expect(grow(forest)).toEqual(['>deployment', 'deployment>set'])
  })

  it('tells what is gone when a kind is listed again', () => {
    const gone = forest.replaceKind({ group: '', kind: 'Pod' }, [chain[2]!])
    expect(gone.map(({ uid }) => uid).toSorted()).toEqual(['other', 'pod-1'])
    expect(grow(forest)).toEqual(['>deployment', 'deployment>set', 'set>pod-2'])
  })

  it('ends where objects own each other', () => {
    forest.put(seen('deployment', 'Deployment', { application: 'app-1', owners: ['pod-1'] }))
    expect(grow(forest)).toHaveLength(4)
  })
})
