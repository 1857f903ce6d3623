import type { FatedPush } from './account'
import type { Sample } from './growth'
import { failuresOf, latencies, type Outcome } from './outcome'

function held(descriptors: number, memory: (at: number) => number): Sample[] {
  return Array.from({ length: 20 }, (_, index) => {
    const residentMiB = memory(index * 10)
    return {
      at: index * 10,
      process: 'web',
      pid: 1,
      residentMiB,
      proportionalMiB: 0,
      descriptors: Array.from({ length: descriptors }, () => 'file'),
    }
  })
}

function outcome(descriptors: [number, number], memory: (at: number) => number, findings: string[] = []): Outcome {
  const [first, last] = descriptors
  const rests = [held(first, memory), held(last, memory)] as const
  return { pushes: [], drifts: [], kills: [], toldAgain: 0, rests, secondHalf: held(first, memory), findings }
}

describe('test/soak/src/outcome', () => {
  it('fails by what is not accounted for, by memory that grows and by descriptors that stay', () => {
    expect(failuresOf(outcome([40, 39], () => 100))).toEqual([])
    expect(failuresOf(outcome([40, 40], () => 100, ['web: lost']))).toEqual(['web: lost'])
    expect(failuresOf(outcome([40, 41], () => 100))).toEqual([
      'web: at rest it has more descriptors than before: 1 file',
    ])
    expect(failuresOf(outcome([40, 40], (at) => 100 + at))).toEqual(['web: its memory grows by 3600 MiB an hour'])
  })

  it('tells pushes near a kill from those in the calm', () => {
    const push = (toldAt: number, afterMs: number): FatedPush => {
      return { application: 'web', number: 1, repository: 'shop', commit: 'c', toldAt, fate: 'applied', afterMs }
    }
    const pushes = [push(0, 50), push(59_900, 200), push(65_000, 70), push(75_000, 60)]
    const kills = [{ process: 'nats', at: 60_000 }]
    expect(latencies({ pushes, kills })).toEqual({ calm: [50, 60], kills: [200, 70] })
  })
})
