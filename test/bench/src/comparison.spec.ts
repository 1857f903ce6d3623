import { formatComparison } from './comparison'
import { summarize } from './statistics'

describe('test/bench/src/comparison', () => {
  it('puts the median of this run beside the figures to beat', () => {
    const table = formatComparison([{ what: 'push', unit: 'ms', summary: summarize([60, 61, 62]), row: 'push' }])
    expect(table).toMatch(/webhook to object changed, 1 application +│ 49 ms +│ 466 ms +│ 61 ms +│ 150 ms +│ 75 ms/)
  })

  it('leaves out what the design has no row for', () => {
    expect(formatComparison([{ what: 'other', unit: 'ms', summary: summarize([1]) }])).not.toContain('other')
  })
})
