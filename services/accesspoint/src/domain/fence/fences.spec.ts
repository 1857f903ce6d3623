import { bucketOf } from '@k8or/contracts'
import fc from 'fast-check'
import { Fences } from './fences'
import { Turns } from './turns'

function fence(release: number, lease: number, application = 'u1') {
  return { application, release, setbacks: 0, lease }
}

describe('services/accesspoint/src/domain/fence/fences', () => {
  it('refuses an older release of the same owner, object by object', () => {
    const fences = new Fences()
    expect(fences.admit(fence(5, 1), 'a')).toBeUndefined()
    expect(fences.admit(fence(5, 1), 'a')).toBeUndefined()
    expect(fences.admit(fence(4, 1), 'a')).toContain('release 4 is older than release 5')
    expect(fences.admit(fence(4, 1), 'b')).toBeUndefined()
  })

  it('refuses an older owner for every object, whatever release it brings', () => {
    const fences = new Fences()
    fences.admit(fence(5, 7), 'a')
    expect(fences.admit(fence(9, 6), 'b')).toContain('lease 6 is older than lease 7')
    expect(fences.admit(fence(1, 8), 'a')).toBeUndefined()
  })

  it('refuses the old owner of a bucket before the new one has called', () => {
    const fences = new Fences()
    fences.noteTenure(bucketOf('u1'), 9)
    expect(fences.admit(fence(1, 8), 'a')).toContain('lease 8 is older than lease 9')
    expect(fences.admit(fence(1, 9), 'a')).toBeUndefined()
  })

  it('takes a deliberate step back for newer than what it undoes, which is refused for every object from then on', () => {
    const fences = new Fences()
    const back = (release: number, setbacks: number) => ({ ...fence(release, 1), setbacks })
    fences.admit(fence(5, 1), 'a')
    expect(fences.admit(back(3, 1), 'a')).toBeUndefined()
    for (const object of ['a', 'never touched'])
      expect(fences.admit(fence(6, 1), object)).toContain(
        'release 6 was decided on before the application was set back',
      )
    expect(fences.admit(back(2, 1), 'a')).toContain('release 2 is older than release 3')
    expect(fences.admit(back(7, 1), 'a')).toBeUndefined()
    expect(fences.admit(back(3, 2), 'a')).toBeUndefined()
    expect(fences.admit(fence(9, 2), 'a')).toBeUndefined()
  })

  it('refuses whoever owns nothing, even where nobody was seen yet', () => {
    expect(new Fences().admit(fence(1, 0), 'a')).toContain('under no lease')
  })

  it('remembers nothing of a test, and nothing of an application that is gone', () => {
    const fences = new Fences()
    expect(fences.test(fence(9, 9), 'a')).toBeUndefined()
    expect(fences.admit(fence(1, 1), 'a')).toBeUndefined()
    fences.admit(fence(5, 5), 'a')
    fences.forget('u1')
    expect(fences.admit(fence(1, 1), 'a')).toBeUndefined()
  })

  it('forgets objects beyond a number, and refuses from then on what may be older than they were', () => {
    const fences = new Fences(2)
    for (const [object, release] of [
      ['a', 5],
      ['b', 3],
      ['c', 4],
    ] as const)
      fences.admit(fence(release, 1), object)
    expect(fences.admit(fence(4, 1), 'a')).toContain('release 4 is older than release 5')
    expect(fences.admit(fence(5, 1), 'a')).toBeUndefined()
    expect(fences.admit(fence(1, 2), 'new owner')).toBeUndefined()
  })

  it('admits, of any sequence of calls, none that is older than one before it', () => {
    const calls = fc.array(
      fc.record({ release: fc.nat(5), lease: fc.nat(5), setbacks: fc.nat(2), object: fc.constantFrom('a', 'b') }),
    )
    fc.assert(
      fc.property(calls, (sequence) => {
        const fences = new Fences()
        const admitted = sequence.filter(
          ({ release, lease, setbacks, object }) =>
            fences.admit({ ...fence(release, lease), setbacks }, object) === undefined,
        )
        admitted.forEach((call, index) => {
          for (const before of admitted.slice(0, index)) {
            expect(call.lease).toBeGreaterThanOrEqual(before.lease)
            if (before.lease !== call.lease) continue
            expect(call.setbacks).toBeGreaterThanOrEqual(before.setbacks)
            if (before.object === call.object && before.setbacks === call.setbacks)
              expect(call.release).toBeGreaterThanOrEqual(before.release)
          }
        })
      }),
    )
  })

  it('gives the turns of one object one after another, and those of others at once', async () => {
    const turns = new Turns()
    const order: string[] = []
    const end = await turns.take('a')
    const second = turns.take('a').then((ended) => {
      order.push('second a')
      ended()
    })
    ;(await turns.take('b'))()
    order.push('b')
    end()
    await second
    expect(order).toEqual(['b', 'second a'])
  })
})
