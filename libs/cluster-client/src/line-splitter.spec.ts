import fc from 'fast-check'
import { LineSplitter } from './line-splitter'

function linesOf(chunks: Buffer[]): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line.toString('utf8')))
  for (const chunk of chunks) splitter.push(chunk)
  return lines
}

describe('libs/cluster-client/src/line-splitter', () => {
  it('hands over the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).filter((line) => !line.includes('\n'))),
        fc.array(fc.nat(400)),
        (lines, cuts) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8')
          const at = [...new Set(cuts.filter((cut) => cut < bytes.length))].sort((a, b) => a - b)
          const edges = [0, ...at, bytes.length]
          const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
          expect(linesOf(chunks)).toEqual(lines)
        },
      ),
    )
  })

  it('keeps back a line that is not complete', () => {
    expect(linesOf([Buffer.from('one\ntw')])).toEqual(['one'])
  })

  it('takes one long line in many chunks in linear time', () => {
    const chunk = Buffer.alloc(1024, 'x')
    const lines = linesOf([...Array.from({ length: 20_000 }, () => chunk), Buffer.from('\n')])
    expect(lines[0]?.length).toBe(20_000 * 1024)
  })
})
