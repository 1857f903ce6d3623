import { catalogue, inTurn } from './src/faults/catalogue'
import { noSurplus } from './src/faults/fault-desk'
import { useFaultDesk } from './src/faults/fault-desk-under-test'
import { scenarios } from './src/faults/scenarios'

describe('test/e2e/fault-points.e2e', () => {
  const { mesh, desk, points } = useFaultDesk()
  const known = catalogue()
  const played = scenarios.flatMap((scenario) => scenario.points)

  it.each(inTurn(played))(
    'a service killed at %s goes on where it was, and does nothing twice',
    async (point) => {
      points.arm(point)
      try {
        await scenarios.find((scenario) => scenario.points.includes(point))?.play(desk())
        await points.untilHit(point)
      } finally {
        points.disarm(point)
      }
      await mesh().mesh.untilReady(60_000)
      await desk().untilAllRun()
      expect(await desk().surplus()).toEqual(noSurplus)
    },
    180_000,
  )

  it('leaves no surplus behind when all is done', async () => {
    await mesh().mesh.untilReady(60_000)
    await desk().untilAllRun()
    expect(await desk().surplus()).toEqual(noSurplus)
  }, 120_000)

  it('every fault point is in a scenario, and none is passed that is not known', () => {
    expect(known.filter((point) => !played.includes(point))).toEqual([])
    expect(played.filter((point) => !known.includes(point))).toEqual([])
    expect([...points.passed()].filter((point) => !known.includes(point))).toEqual([])
  })
})
