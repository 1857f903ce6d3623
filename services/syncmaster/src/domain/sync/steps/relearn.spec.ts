import type { KubeObject } from '@k8or/kube-objects'
import type { MemoryWorld } from '../../../../test/memory-world'
import { configMap, dataOf, factsOf, look, publish, uid, worldOf } from '../../../../test/shop'

/** The bus lost everything: what was written of the application, and the number of its release. */
const lose = (world: MemoryWorld, manifests: KubeObject[], revision: string): void => {
  world.stored.applied.clear()
  Object.assign(world.stored, { sync: undefined, declaration: undefined, announced: 0 })
  world.applies.length = 0
  publish(world, 4, manifests, revision)
}

describe('services/syncmaster/src/domain/sync/steps/relearn', () => {
  it.each([
    [true, ['a'], { a: { v: '1' }, b: { v: '1' } }],
    [false, [], { a: { v: 'red' }, b: { v: '1' } }],
  ])(
    'learns again what was applied when its record is lost: drift stays drift (self-heal %s)',
    async (selfHeal, applies, left) => {
      const world = worldOf({ automated: { prune: true, selfHeal } })
      const manifests = [configMap('a'), configMap('b')]
      publish(world, 1, manifests)
      await look(world, 2)
      const told = factsOf(world, 'finished')
      lose(world, manifests, 'commit-1')
      world.drift('/ConfigMap/front/a', { v: 'red' })
      await look(world, 3)
      expect(world.applies).toEqual(applies)
      expect(dataOf(world)).toEqual(left)
      expect(factsOf(world, 'finished')).toEqual(told)
      expect(world.stored.sync).toMatchObject({ release: 4, phase: 'Succeeded' })
    },
  )

  it('learns the rows again where a process wrote down what it had in mind as the bus lost everything', async () => {
    const world = worldOf({ automated: { prune: true, selfHeal: false } })
    const manifests = [configMap('a'), configMap('b')]
    publish(world, 1, manifests)
    await look(world, 2)
    const { sync } = world.stored
    lose(world, manifests, 'commit-1')
    Object.assign(world.stored, { sync })
    world.drift('/ConfigMap/front/a', { v: 'red' })
    await look(world, 3)
    expect(world.applies).toEqual([])
    expect(world.stored.applied.size).toBe(2)
  })

  it('takes what it applied for what it is when only the number of the release is another one: drift stays', async () => {
    const world = worldOf({ automated: { prune: true, selfHeal: false } })
    const manifests = [configMap('a'), configMap('b')]
    publish(world, 1, manifests)
    await look(world, 2)
    world.applies.length = 0
    publish(world, 4, manifests, 'commit-1')
    world.drift('/ConfigMap/front/a', { v: 'red' })
    await look(world, 3)
    expect(world.applies).toEqual([])
    expect(world.stored.sync).toMatchObject({ release: 4, phase: 'Succeeded' })
    publish(world, 5, manifests)
    await look(world, 3)
    expect(dataOf(world)).toEqual({ a: { v: '1' }, b: { v: '1' } })
  })

  it('goes back to nothing that an older copy of the bus takes for the newest, and asks for a new number', async () => {
    const world = worldOf({ automated: { prune: true, selfHeal: true } })
    publish(world, 1, [configMap('a')])
    await look(world, 2)
    const copy = structuredClone({ ...world.stored })
    publish(world, 2, [configMap('a', '2')])
    await look(world, 2)
    Object.assign(world.stored, copy)
    publish(world, 1, [configMap('a')])
    world.applies.length = 0
    await look(world, 3)
    expect(world.applies).toEqual([])
    expect(world.stored.declaration?.releaseFloor).toBe(2)
    publish(world, 3, [configMap('a', '2')], 'commit-2')
    await look(world, 3)
    expect(dataOf(world)).toEqual({ a: { v: '2' } })
  })

  it('applies what is new when the record of what was applied is lost, and prunes by the marks alone', async () => {
    const world = worldOf({ automated: { prune: true } })
    publish(world, 1, [configMap('a'), configMap('gone')])
    await look(world, 2)
    world.objects.set('/ConfigMap/front/foreign', {
      ...configMap('foreign'),
      metadata: { name: 'foreign', namespace: 'front' },
    })
    lose(world, [configMap('a', '2')], 'commit-2')
    await look(world, 3)
    expect(dataOf(world)).toEqual({ a: { v: '2' }, foreign: { v: '1' } })
    expect(world.applies).toEqual(['a'])
    expect(factsOf(world, 'finished')).toEqual([`finished/${uid}-1-1`, `finished/${uid}-4-1`])
  })
})
