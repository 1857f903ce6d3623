import { parseOptions } from './options'

describe('test/rig/src/up/options', () => {
  it('reads what was asked for, with defaults', () => {
    expect(parseOptions(['up', '--clusters=3', '--mode=processes'])).toEqual({
      command: 'up',
      options: { clusters: 3, mode: 'processes' },
    })
    expect(parseOptions(['up']).options).toEqual({ clusters: 1, mode: 'standalone' })
  })

  it('says what is wrong', () => {
    expect(() => parseOptions(['up', '--mode=both'])).toThrow('MODE must be standalone or processes')
    expect(() => parseOptions(['up', '--clusters=1.5'])).toThrow('CLUSTERS must be a whole number')
  })
})
