import { Advancing } from './advancing'

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `app-${String(index)}`)

describe('services/chartstore/src/domain/agenda/advancing', () => {
  const waits: (readonly [string, number])[] = []
  const marks = {
    mark: () => undefined,
    later: (key: string, delayMs: number) => Promise.resolve(void waits.push([key, delayMs])),
  }
  let advancing: Advancing

  beforeEach(() => {
    waits.length = 0
    advancing = new Advancing(marks, 30_000)
  })

  async function stepsUntilDone(): Promise<string[][]> {
    const steps: string[][] = []
    for (let next = await advancing.step('main'); next.length > 0; next = await advancing.step('main')) steps.push(next)
    return steps
  }

  it('looks at all of five hundred, five at a time, within twice the interval', async () => {
    await advancing.moved('main', names(500))
    const steps = await stepsUntilDone()
    expect(steps.flat()).toEqual(names(500))
    expect(new Set(steps.map(({ length }) => length))).toEqual(new Set([5]))
    expect(waits).toHaveLength(100)
    expect(waits[0]).toEqual(['advance/main', 30_000])
    expect(waits.reduce((total, [, delayMs]) => total + delayMs, 0)).toBeLessThanOrEqual(60_000)
  })

  it('waits for a first step once, however many pushes there are', async () => {
    for (let push = 0; push < 3; push++) await advancing.moved('main', names(2))
    expect(waits).toEqual([['advance/main', 30_000]])
    expect(await stepsUntilDone()).toEqual([['app-0'], ['app-1']])
  })

  it('looks again at those that a push during the round finds looked at, behind the others', async () => {
    await advancing.moved('main', names(3))
    await advancing.step('main')
    await advancing.moved('main', names(3))
    expect(await stepsUntilDone()).toEqual([['app-1'], ['app-2'], ['app-0']])
  })

  it('knows nothing of a round of before a restart', async () => {
    expect(await advancing.step('main')).toEqual([])
    expect(waits).toEqual([])
  })
})
