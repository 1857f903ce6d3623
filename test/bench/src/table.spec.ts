import { summarize } from './statistics'
import { formatLines } from './table'

const runs = (count: number, figure = 100) => summarize(Array.from({ length: count }, () => figure))

describe('test/bench/src/table', () => {
  it('says whether a target is met, for the median and for the tail', () => {
    const target = { p50: 150, p95: 400 }
    const slowTail = summarize([...Array.from({ length: 28 }, () => 100), 500, 500])
    expect(formatLines([{ what: 'push', unit: 'ms', summary: runs(30), target }])).toMatch(/p95 <= 400 +│ met/)
    expect(formatLines([{ what: 'push', unit: 'ms', summary: runs(30, 200), target }])).toContain('MISSED')
    expect(formatLines([{ what: 'push', unit: 'ms', summary: slowTail, target }])).toContain('MISSED')
  })

  it('judges nothing by fewer than 30 runs', () => {
    const table = formatLines([{ what: 'push', unit: 'ms', summary: runs(29), target: { p50: 150 } }])
    expect(table).toContain('n=29, below 30: not a figure')
    expect(table).not.toContain(' met')
  })
})
