import { accountOf, isSettled } from './account'
import { Ledger, type Story } from './ledger'

const application = 'web'

/** A story told by the numbers that were pushed and the generations that were seen, a second apart. */
function story(pushed: number[], seen: Partial<{ number: number; isByHand: boolean; uid: string }>[]): Story {
  const ledger = new Ledger()
  pushed.forEach((number, index) =>
    ledger.pushed({ application, number, repository: 'shop', commit: `c${String(number)}`, toldAt: index * 1_000 }),
  )
  seen.forEach((sighting, index) =>
    ledger.saw({
      ...{ application, uid: 'u', number: 0, isByHand: false, ...sighting },
      ...{ generation: index + 1, at: index * 1_000 + 100 },
    }),
  )
  return ledger.of(application)
}

describe('test/soak/src/account', () => {
  it('tells applied pushes from superseded ones, and how long each took', () => {
    const { pushes, findings } = accountOf(story([1, 2, 3], [{ number: 0 }, { number: 1 }, { number: 3 }]))
    expect(pushes.map(({ fate, afterMs }) => [fate, afterMs])).toEqual([
      ['applied', 1_100],
      ['superseded', 1_100],
      ['applied', 100],
    ])
    expect(findings).toEqual([])
  })

  it('finds a push that nothing came of, and an object that is not at the last commit', () => {
    const told = story([1, 2], [{ number: 0 }, { number: 1 }])
    expect(accountOf(told).findings).toEqual([
      'web: push 2 (c2) was neither applied nor superseded',
      'web: its object is at 1, the last commit says 2',
    ])
    expect(isSettled(told)).toBe(false)
  })

  it('finds an older release after a newer one, and an object that was made again', () => {
    const { findings } = accountOf(
      story([1, 2], [{ number: 1 }, { number: 2 }, { number: 1 }, { number: 2, uid: 'v' }]),
    )
    expect(findings).toContain('web: went back from 2 to 1')
    expect(findings).toContain('web: its object was deleted and made again')
  })

  it('takes a change by hand that was put back for explained, and one that stands for a finding', () => {
    const seen = [{ number: 0 }, { number: 0, isByHand: true }, { number: 0 }, { number: 0, isByHand: true }]
    const told = story([], seen)
    const drifts = [2, 4].map((generation) => ({ application, generation, madeAt: generation * 1_000 }))
    const { drifts: fated, findings } = accountOf({ ...told, drifts })
    expect(fated.map(({ afterMs }) => afterMs)).toEqual([100, undefined])
    expect(findings).toEqual(['web: what was changed by hand in generation 4 was not put back'])
    expect(isSettled(told)).toBe(false)
  })

  it('finds generations that nobody asked for', () => {
    const { findings } = accountOf(story([1], [{ number: 0 }, { number: 1 }, { number: 1 }]))
    expect(findings).toEqual(['web: 2 generations for 1 applied pushes and 0 changes by hand'])
  })

  it('notes of an object only what changes its generation', () => {
    const ledger = new Ledger()
    const sighting = { application, uid: 'u', generation: 1, number: 0, isByHand: false }
    for (const at of [1, 2, 3]) ledger.saw({ ...sighting, at })
    expect(ledger.of(application).sightings).toHaveLength(1)
    expect(ledger.applications()).toEqual([application])
  })
})
