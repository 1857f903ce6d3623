import { reincarnate } from './incarnation'

const former = { holder: 'one', host: 'pod-0', pid: 20 }
const fresh = { holder: 'two', host: 'pod-0', pid: 21 }
const nobodyRuns = (): boolean => false
const everybodyRuns = (): boolean => true

describe('services/syncmaster/src/domain/replica/incarnation', () => {
  it('is who it was when the former process is gone', () => {
    expect(reincarnate(former, fresh, nobodyRuns)).toEqual({ holder: 'one', host: 'pod-0', pid: 21 })
  })

  it('is who it was in a container, where the process has the number of the former', () => {
    expect(reincarnate(former, { ...fresh, pid: 20 }, everybodyRuns).holder).toBe('one')
  })

  it('is somebody else while the former process runs, or may run on another host', () => {
    expect(reincarnate(former, fresh, everybodyRuns)).toBe(fresh)
    expect(reincarnate(former, { ...fresh, host: 'pod-1' }, nobodyRuns).holder).toBe('two')
  })

  it('is new when nothing is known of a former process', () => {
    expect(reincarnate(undefined, fresh, nobodyRuns)).toBe(fresh)
  })
})
