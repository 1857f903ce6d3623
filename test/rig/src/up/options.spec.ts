import { parseOptions } from './options'

describe('test/rig/src/up/options', () => {
  it('reads what was asked for, with defaults', () => {
    expect(parseOptions(['up', '--clusters=3', '--mode=processes'])).toEqual({
      command: 'up',
      options: { clusters: 3, mode: 'processes' },
    })
    expect(parseOptions(['up']).options).toEqual({ clusters: 1, mode: 'standalone' })
  })

  it('names the variable, what may be, and what was said', () => {
    expect(() => parseOptions(['up', '--mode=both'])).toThrow('MODE must be standalone or processes, not "both"')
    for (const value of ['1.5', 'abc', '-1', '51', ''])
      expect(() => parseOptions(['up', `--clusters=${value}`])).toThrow(
        `CLUSTERS must be a whole number from 0 to 50, not "${value}"`,
      )
  })
})
