import { Later } from '@k8or/outcome'
import type { MemoryWorld } from '../../../test/memory-world'
import { configMap, look, publish, settings, signal, worldOf } from '../../../test/shop'
import type { Ports } from '../ports'
import { explainDiff } from './explain-diff'
import { openQuestion } from './open-question'

/** A world in which release 1 was applied, and what a replica sees of it that owns nothing. */
async function appliedWorld(): Promise<{ world: MemoryWorld; elsewhere: Ports }> {
  const world = worldOf({ automated: {} })
  publish(world, 1, [configMap('stays', '1'), configMap('leaves', '1')])
  await look(world)
  const ports = world.start()
  const open = (): never => {
    throw new Error('the account is another replica\u2019s')
  }
  return {
    world,
    elsewhere: { ...ports, buckets: { fenceOf: () => undefined }, accounts: { ...ports.accounts, open } },
  }
}

describe('services/syncmaster/src/domain/question/open-question', () => {
  it('C108.2 a replica that does not own the application tells what a sync would do, and writes nothing', async () => {
    const { world, elsewhere } = await appliedWorld()
    publish(world, 2, [configMap('stays', '2'), configMap('comes', '1')])
    const before = structuredClone(world.stored)
    const work = await openQuestion(world.application, elsewhere, settings(), signal)
    expect(work.lease).toBe(0)
    const objects = await explainDiff(work, true)
    expect(objects.map(({ change, action }) => `${action} ${change.ref.name}`)).toEqual([
      'configure stays',
      'create comes',
      'delete leaves',
    ])
    expect(world.stored).toEqual(before)
  })

  it('C108.2 an object that carries the label and of which nothing is stored is told as the owner tells it', async () => {
    const { world, elsewhere } = await appliedWorld()
    publish(world, 2, [configMap('stays', '1')])
    for (const [key, { object }] of world.stored.applied) if (object.name === 'leaves') world.stored.applied.delete(key)
    const told = async (ports: Ports) => {
      const objects = await explainDiff(await openQuestion(world.application, ports, settings(), signal), true)
      return objects.map(({ change, action }) => `${action} ${change.ref.name}`)
    }
    expect(await told(world.start())).toEqual(['unchanged stays', 'delete leaves'])
    expect(await told(elsewhere)).toEqual(await told(world.start()))
  })

  it('a question to a cluster that does not answer says so', async () => {
    const { world, elsewhere } = await appliedWorld()
    const ofApplication = () => Promise.reject(new Later('the cluster does not answer'))
    const ports = { ...elsewhere, clusters: { ...elsewhere.clusters, ofApplication } }
    const work = await openQuestion(world.application, ports, settings(), signal)
    await expect(explainDiff(work, false)).rejects.toThrow('can not be compared: the cluster does not answer')
  })

  it('a question that finds nothing to compare says why, and notes no decision', async () => {
    const { world, elsewhere } = await appliedWorld()
    world.release = undefined
    const before = structuredClone(world.stored)
    const work = await openQuestion(world.application, elsewhere, settings(), signal)
    await expect(explainDiff(work, false)).rejects.toThrow('there is no release to compare with yet')
    expect(world.stored).toEqual(before)
  })
})
