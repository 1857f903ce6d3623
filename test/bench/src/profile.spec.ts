import { costsOf, type CallFrame, type Profile } from './profile'

const frame = (functionName: string, url = ''): CallFrame => ({ functionName, url, lineNumber: 0, columnNumber: 0 })

/** root → ours → library → ours again; root → library; idle; garbage collector below ours. */
const profile: Profile = {
  startTime: 1_000_000,
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 5, 6] },
    { id: 2, callFrame: frame('plan', 'ours'), children: [3, 7] },
    { id: 3, callFrame: frame('parse', 'library'), children: [4] },
    { id: 4, callFrame: frame('visit', 'ours') },
    { id: 5, callFrame: frame('receive', 'library') },
    { id: 6, callFrame: frame('(idle)') },
    { id: 7, callFrame: frame('(garbage collector)') },
  ],
  samples: [2, 3, 4, 5, 6, 7],
  timeDeltas: [100, 200, 400, 800, 5_000, 50],
}

const resolve = ({ functionName, url }: CallFrame) => ({ where: `${url} ${functionName}`, isOurs: url === 'ours' })

describe('test/bench/src/profile', () => {
  it('counts what a library does for the nearest function of ours that called it, and what nobody called for itself', () => {
    const all = { name: 'all', from: 0, to: Infinity }
    expect(costsOf(profile, all, resolve)).toEqual([
      { where: 'library receive', seconds: 0.0008 },
      { where: 'ours visit', seconds: 0.0004 },
      { where: 'ours plan', seconds: expect.closeTo(0.0003) as number },
      { where: '(garbage collector)', seconds: 0.00005 },
    ])
  })

  it('counts only what lies in the span', () => {
    const span = { name: 'span', from: 1_000_301, to: 1_001_000 }
    expect(costsOf(profile, span, resolve)).toEqual([{ where: 'ours visit', seconds: 0.0004 }])
  })
})
