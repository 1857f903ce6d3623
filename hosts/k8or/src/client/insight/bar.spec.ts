import { drawBar } from './bar'

describe('hosts/k8or/src/client/insight/bar', () => {
  it.each([
    [{ from: 0, to: 10 }, 10, '▇▇▇▇▇▇▇▇▇▇'],
    [{ from: 2, to: 5 }, 10, '  ▇▇▇     '],
    [{ from: 3, to: 3.1 }, 10, '   ▏      '],
    [{ from: 10, to: 10 }, 10, '         ▏'],
    [{ from: 0, to: 0 }, 0, '          '],
  ])('draws %j of %d', (part, total, bar) => {
    expect(drawBar(part, total, 10)).toBe(bar)
  })
})
