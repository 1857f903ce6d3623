import { parseTimeout } from './wait'

describe('hosts/k8or/src/client/app/wait', () => {
  it('reads times as people write them', () => {
    expect(['90', '1.5s', '250ms', '5m', '1h'].map(parseTimeout)).toEqual([90_000, 1500, 250, 300_000, 3_600_000])
    expect(() => parseTimeout('soon')).toThrow('"soon" is no time')
  })
})
