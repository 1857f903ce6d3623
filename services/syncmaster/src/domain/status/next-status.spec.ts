import type { MemoryWorld } from '../../../test/memory-world'
import { configMap, look, publish, worldOf } from '../../../test/shop'

/** What its status says after the next release. */
const judged = async (world: MemoryWorld, problems: string[] = []) => {
  publish(world, (world.release?.release ?? 0) + 1, [configMap('a')])
  world.release = {
    ...world.release!,
    problems: problems.map((message) => ({ reason: 'InvalidYaml' as const, message })),
  }
  await look(world)
  return world.application.status
}

describe('services/syncmaster/src/domain/status/next-status', () => {
  describe('health where nothing could be compared', () => {
    it('is Missing where nothing was ever applied', async () => {
      const status = await judged(worldOf({ automated: {} }), ['c.yaml is not YAML'])
      expect(status).toMatchObject({ sync: { status: 'Unknown' }, health: { status: 'Missing' } })
    })

    it('stays as it was where something runs', async () => {
      const world = worldOf({ automated: {} })
      const { health } = await judged(world)
      expect(health?.status).not.toBe('Missing')
      const status = await judged(world, ['c.yaml is not YAML'])
      expect(status).toMatchObject({ sync: { status: 'Unknown' }, health: { status: health?.status } })
      expect(status.conditions).toMatchObject([{ type: 'ComparisonError' }])
    })

    it('is Unknown where the declaration is wrong', async () => {
      const world = worldOf({ automated: {} })
      await judged(world)
      world.edit({ spec: { destination: { server: '', name: '' } } })
      const status = await judged(world)
      expect(status).toMatchObject({ sync: { status: 'Unknown' }, health: { status: 'Unknown' } })
    })
  })

  it('A2 says what rendered each source', async () => {
    const world = worldOf({ automated: {} })
    await judged(world)
    expect(world.application.status).toMatchObject({ sourceType: 'Directory' })
    world.release = { ...world.release!, tools: ['kustomize'] }
    await look(world)
    expect(world.application.status).toMatchObject({ sourceType: 'Kustomize' })
  })

  it.each([
    ['with automation', { automated: {} }],
    ['without automation', {}],
  ])('an object without a namespace is named with the field and the next step, %s', async (_, syncPolicy) => {
    const world = worldOf(syncPolicy)
    world.edit({ spec: { destination: { namespace: '' } } })
    const { conditions, sync } = await judged(world)
    expect(sync?.status).toBe('OutOfSync')
    expect(conditions?.find(({ type }) => type === 'InvalidSpecError')?.message).toBe(
      'ConfigMap a has no namespace: set spec.destination.namespace of the Application, or metadata.namespace of the object',
    )
  })
})
