import { stopKey, type StopRecord } from '@k8or/contracts'
import { describeStop, Stops } from './stops'

function stop(cluster: string, reason = 'flood'): StopRecord {
  return { cluster, since: '2026-01-01T00:00:00.000Z', actor: 'user:admin', reason }
}

describe('services/accesspoint/src/domain/stop/stops', () => {
  it('holds one cluster up, or all of them', () => {
    const stops = new Stops()
    stops.raise(stop('east'))
    expect(stops.over('east')?.reason).toBe('flood')
    expect(stops.over('west')).toBeUndefined()
    stops.raise(stop('', 'fire'))
    expect(stops.over('west')?.reason).toBe('fire')
    expect(stops.list().map(({ cluster }) => cluster)).toEqual(['', 'east'])
  })

  it('takes what the record says, and nothing older than what it knows', () => {
    const stops = new Stops()
    const key = stopKey('east')
    stops.take(key, stop('east'), 3)
    stops.take(key, undefined, 2)
    expect(stops.of('east')).toBeDefined()
    stops.take(key, undefined, 4)
    expect(stops.of('east')).toBeUndefined()
    // Lifted and raised again: the row of the first end is told late.
    stops.raise(stop('east', 'again'))
    stops.take(key, undefined, 4)
    expect(stops.of('east')?.reason).toBe('again')
    stops.recorded(stop('east', 'again'), 5)
    stops.take(key, undefined, 6)
    expect(stops.list()).toEqual([])
  })

  it('stands as long as there is a copy, until exactly that one is lifted', () => {
    const key = stopKey('east')
    const copies = new Map([[key, stop('east', 'copied')]])
    const stops = new Stops(() => copies)
    expect(stops.over('east')?.reason).toBe('copied')
    stops.take(key, stop('east', 'told'), 3)
    expect(stops.list().map(({ reason }) => reason)).toEqual(['told'])
    // The bus lost its rows.
    stops.take(key, undefined, 4)
    expect(stops.stands(stop('east'))).toBe(true)
    stops.lift(stop('east'), 5)
    expect(stops.list()).toEqual([])
    copies.set(key, { ...stop('east', 'once more'), since: '2026-01-02T00:00:00.000Z' })
    expect(stops.of('east')?.reason).toBe('once more')
  })

  it('stands no longer where the row says lifted, though the copy is still there', () => {
    const stops = new Stops(() => new Map([['mesh', stop('')]]))
    const lifted = { actor: 'user:admin', reason: 'over', at: '2026-01-01T01:00:00.000Z' }
    stops.take('mesh', { ...stop(''), lifted }, 3)
    stops.take('mesh', undefined, 4)
    expect(stops.list()).toEqual([])
  })

  it('does not claim that none stands before it has read them', () => {
    const stops = new Stops()
    expect(stops.areKnown).toBe(false)
    stops.allTaken()
    expect(stops.areKnown).toBe(true)
  })

  it('is told with who, when and why', () => {
    expect(describeStop(stop(''))).toBe('the mesh was stopped by user:admin at 2026-01-01T00:00:00.000Z: flood')
    expect(describeStop(stop('east'))).toContain('cluster east was stopped')
  })
})
