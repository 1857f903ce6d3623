import { killPlans } from './kill-plan'

const processes = ['accesspoint', 'codesource', 'nats', 'redis']

describe('test/soak/src/kill-plan', () => {
  it('kills every minute: in the first half everything in turn, in the beginning of the second NATS and Redis', () => {
    expect(killPlans(processes, 30 * 60_000, 60_000)).toEqual([
      { everyMs: 60_000, forMs: 30 * 60_000, turns: ['accesspoint', 'codesource', 'nats', 'redis'] },
      { everyMs: 60_000, forMs: 15 * 60_000, turns: ['nats', 'redis'] },
    ])
  })

  it('kills more often where the first half would end before each has had its turn, but lets each come back', () => {
    expect(killPlans(processes, 150_000, 60_000)[0].everyMs).toBe(30_000)
    expect(killPlans(processes, 10_000, 60_000)[0].everyMs).toBe(10_000)
  })
})
