import { judgeReason } from './judge-reason'

describe('services/accesspoint/src/domain/stop/judge-reason', () => {
  it('takes a reason as one line', () => {
    expect(judgeReason('  the database\n  burns ')).toEqual({ reason: 'the database burns' })
  })

  it('refuses none, and one that is no line', () => {
    expect(judgeReason(' \n')).toMatchObject({ problem: expect.stringContaining('must not be empty') })
    expect(judgeReason('x'.repeat(501))).toMatchObject({ problem: expect.stringContaining('500 at most') })
  })
})
