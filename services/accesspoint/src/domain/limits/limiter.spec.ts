import fc from 'fast-check'
import { Limiter } from './limiter'

const options = { concurrency: 2, queue: 2, waitMs: 100 }

describe('services/accesspoint/src/domain/limits/limiter', () => {
  it('lets in as many as there are places, then lets wait, then turns away', () => {
    const limiter = new Limiter(options)
    const places = Array.from({ length: 5 }, () => limiter.enter('a', 1_000).kind)
    expect(places).toEqual(['in', 'in', 'waiting', 'waiting', 'refused'])
    expect(limiter.enter('b', 1_000)).toMatchObject({ kind: 'waiting', until: 1_100 })
  })

  it('lets callers in by turns, each in its order', () => {
    const limiter = new Limiter({ ...options, queue: 10 })
    for (let i = 0; i < 2; i++) limiter.enter('x', 0)
    const ticket = (caller: string): number => {
      const place = limiter.enter(caller, 0)
      return place.kind === 'waiting' ? place.ticket : 0
    }
    const [a1, a2, a3, b1] = [ticket('a'), ticket('a'), ticket('a'), ticket('b')]
    expect([limiter.leave(), limiter.leave(), limiter.leave(), limiter.leave()]).toEqual([a1, b1, a2, a3])
  })

  it('never lets in more than there are places, whoever comes, leaves or gives up', () => {
    const step = fc.oneof(
      fc.constantFrom('a', 'b', 'c').map((caller) => ({ enter: caller })),
      fc.constant({ leave: true }),
      fc.constant({ giveUp: true }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const limiter = new Limiter(options)
        const waiting: number[] = []
        let inside = 0
        for (const one of steps) {
          if ('enter' in one) {
            const place = limiter.enter(one.enter, 0)
            if (place.kind === 'in') inside += 1
            if (place.kind === 'waiting') waiting.push(place.ticket)
          } else if ('leave' in one && inside > 0) {
            const next = limiter.leave()
            if (next === undefined) inside -= 1
            else waiting.splice(waiting.indexOf(next), 1)
          } else if ('giveUp' in one) {
            const ticket = waiting.pop()
            if (ticket !== undefined) limiter.giveUp(ticket)
          }
          expect(limiter.load).toEqual({ inside, waiting: waiting.length })
          expect(inside).toBeLessThanOrEqual(2)
          if (waiting.length > 0) expect(inside).toBe(2)
        }
      }),
    )
  })
})
