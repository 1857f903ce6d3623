import { demoConfig } from './config'

describe('test/demo/src/config', () => {
  it('stays up unless DEMO_EXIT says otherwise', () => {
    expect(demoConfig({ KUBECONFIG: '/mine' })).toEqual({
      leaveWhenDone: false,
      patienceMs: 60_000,
      kubeconfig: undefined,
      isAgreed: false,
      acts: 'all',
      mode: 'standalone',
    })
    expect(demoConfig({ DEMO_EXIT: '1', DEMO_PATIENCE_S: '2' })).toMatchObject({
      leaveWhenDone: true,
      patienceMs: 2_000,
    })
    expect(demoConfig({ DEMO_EXIT: '0' }).leaveWhenDone).toBe(false)
  })

  it('says what a setting may be', () => {
    expect(() => demoConfig({ DEMO_PATIENCE_S: 'long', MODE: 'both' })).toThrow(
      'DEMO_PATIENCE_S must be a number of seconds above 0; MODE must be standalone or processes',
    )
  })
})
