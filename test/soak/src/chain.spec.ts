import type { FatedPush } from './account'
import { missingChains, type Hop } from './chain'

const whole = ['revision.observed', 'release.rendered', 'sync.started', 'sync.finished']

function push(number: number, application: string, fate: FatedPush['fate'] = 'applied'): FatedPush {
  return { application, number, repository: 'shop', commit: `c${String(number)}`, toldAt: 0, fate, afterMs: 50 }
}

function hops(application: string, facts = whole): Hop[] {
  return facts.map((fact) => (fact === 'revision.observed' ? { fact } : { fact, application }))
}

describe('test/soak/src/chain', () => {
  it('finds an applied push the trace of which does not reach the end of its sync', () => {
    const traces = new Map([
      ['c1', hops('web')],
      ['c2', hops('web', whole.slice(0, 3))],
    ])
    expect(missingChains([push(1, 'web'), push(2, 'web')], traces)).toEqual([
      'web: push 2 (c2) was applied, and its trace does not tell how',
    ])
  })

  it('looks under a later commit of the repository, but not beyond the next push of the application', () => {
    const traces = new Map([
      ['c1', hops('', ['delivery.received'])],
      ['c2', [...hops('shop'), ...hops('web')]],
      ['c3', hops('web')],
    ])
    expect(missingChains([push(1, 'web'), push(2, 'shop')], traces)).toEqual([])
    traces.set('c2', hops('shop'))
    expect(missingChains([push(1, 'web'), push(2, 'shop'), push(3, 'web')], traces)).toHaveLength(1)
  })

  it('asks of a superseded push only that it was received', () => {
    const pushes = [push(1, 'web', 'superseded'), push(2, 'web', 'superseded')]
    expect(missingChains(pushes, new Map([['c1', hops('', ['delivery.received'])]]))).toHaveLength(1)
  })
})
