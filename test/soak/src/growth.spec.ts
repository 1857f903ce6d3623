import { fitLine, growthOf, leastDescriptors, limitPerHour, type Sample } from './growth'

/** A sample each 10 s, the memory of which grows by some MiB each. */
function life(process: string, pid: number, count: number, step: number, from = 0): Sample[] {
  return Array.from({ length: count }, (_, index) => {
    const memory = 100 + index * step
    const at = from + index * 10
    return { at, process, pid, residentMiB: memory + 20, proportionalMiB: memory, descriptors: held(40 + (index % 3)) }
  })
}

const held = (count: number): string[] => Array.from({ length: count }, () => 'file')

describe('test/soak/src/growth', () => {
  it('fits a line through points that lie on none', () => {
    const points = [1, 2, 3, 4].map((x) => ({ x, y: 10 + 2 * x + (x % 2 === 0 ? 0.5 : -0.5) }))
    expect(fitLine(points).slope).toBeCloseTo(2.2)
    expect(fitLine([{ x: 1, y: 5 }, ...[{ x: 1, y: 7 }]])).toMatchObject({ slope: 0 })
  })

  it('tells how much a process grows an hour, from the longest life that it had', () => {
    const samples = [...life('nats', 1, 5, 9), ...life('nats', 2, 37, 0.5, 60), ...life('nats', 3, 2, 0, 400)]
    const [growth] = growthOf(samples)
    expect(growth).toMatchObject({ process: 'nats', spanSeconds: 300 })
    expect(growth?.perHourMiB).toBeCloseTo(180)
    expect([growth?.fromMiB, growth?.toMiB]).toEqual([expect.closeTo(123), expect.closeTo(138)])
  })

  it('says nothing of a life that was too short for a line', () => {
    expect(growthOf(life('redis', 1, 8, 1))).toEqual([])
  })

  it('allows a heap to breathe, and little more the longer one looks', () => {
    expect(limitPerHour(300)).toBeCloseTo(416)
    expect(limitPerHour(1_800)).toBeCloseTo(96)
  })

  it('counts the descriptors that stay', () => {
    expect(leastDescriptors(life('redis', 1, 6, 0))).toEqual(new Map([['redis', held(40)]]))
    const [sample] = life('redis', 1, 1, 0)
    const at = (...descriptors: string[]): Sample => ({ ...sample!, descriptors })
    const moments = [
      at('file', 'file', 'pipe'),
      at('pipe', 'file', 'pipe', 'socket'),
      at('pipe', 'pipe', 'file', 'file'),
    ]
    expect(leastDescriptors(moments)).toEqual(new Map([['redis', ['file', 'pipe']]]))
  })
})
