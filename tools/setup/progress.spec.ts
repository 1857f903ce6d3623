import { estimateLeft } from './estimate.mjs'
import { formatLeft, progressLine, secondsLeft, type ShownTask } from './progress.mjs'

const task = (text: string, seconds: number, needs: ShownTask[] = []): ShownTask => ({
  needs,
  text: () => text,
  secondsLeft: () => seconds,
})

describe('tools/setup/progress', () => {
  it('counts the longest way through tasks that wait for each other', () => {
    const nats = task('', 10)
    const kube = task('', 100, [nats])
    expect(secondsLeft([nats, kube, task('', 60)])).toBe(110)
    expect(secondsLeft([kube])).toBe(100)
  })

  it('tells what is under way, and says nothing of what waits', () => {
    expect(progressLine([task('npm 40 %', 36), task('', 5)])).toBe('setup: about 40 s left · npm 40 %')
  })

  it('speaks of time as people do', () => {
    expect([3, 41, 100, 350].map(formatLeft)).toEqual([
      'a few seconds left',
      'about 50 s left',
      'about 2 min left',
      'about 6 min left',
    ])
  })

  it('trusts the plan first and what it measures later', () => {
    expect(estimateLeft({ share: 0, elapsed: 0, expected: 60 })).toBe(60)
    expect(estimateLeft({ share: 0.5, elapsed: 100, expected: 60 })).toBe(100)
    expect(estimateLeft({ share: 1, elapsed: 70, expected: 60 })).toBe(0)
  })
})
