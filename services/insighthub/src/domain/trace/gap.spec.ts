import { describeGap } from './gap'

describe('services/insighthub/src/domain/trace/gap', () => {
  const gap = { stream: 'FACTS', from: 0, until: 60_000, noticedAt: 120_000, facts: 7 } as const

  it('says what is no longer kept, and what was lost', () => {
    expect(describeGap({ ...gap, cause: 'retention' })).toBe(
      '7 facts of FACTS from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z are no longer kept in the index',
    )
    expect(describeGap({ ...gap, cause: 'stream lost' })).toBe(
      '7 facts of FACTS from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z were lost: at 1970-01-01T00:02:00Z the stream was another one',
    )
  })
})
