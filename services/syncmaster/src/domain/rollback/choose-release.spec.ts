import { chooseRelease } from './choose-release'

const entry = (id: number, release?: number) => ({ id, revision: `commit-${id}`, ...(release ? { release } : {}) })
const lastGood = { release: 0, historyId: undefined }

describe('services/syncmaster/src/domain/rollback/choose-release', () => {
  it('takes the newest release that was applied with success before the present one', () => {
    expect(chooseRelease(lastGood, [entry(0, 3), entry(1, 4), entry(2, 5)], 5)).toBe(4)
    // Release 5 failed to apply, or 4 was left by a rollback before.
    expect(chooseRelease(lastGood, [entry(0, 3), entry(1, 4)], 5)).toBe(4)
    expect(chooseRelease(lastGood, [entry(0, 3), entry(1, 4), entry(2, 3), entry(3, 5)], 5)).toBe(3)
  })

  it('never goes forward to what was left by a rollback', () => {
    expect(chooseRelease(lastGood, [entry(0, 2), entry(1, 3), entry(2, 5), entry(3, 3)], 3)).toBe(2)
  })

  it('takes the release of an entry, or the one that is named', () => {
    expect(chooseRelease({ release: 0, historyId: 1 }, [entry(0, 3), entry(1, 4)], 4)).toBe(4)
    expect(chooseRelease({ release: 7, historyId: undefined }, [], 9)).toBe(7)
  })

  it('says why there is none', () => {
    const none = { problem: 'no release before 1 was applied with success; name one with --release' }
    expect(chooseRelease(lastGood, [entry(0, 1)], 1)).toEqual(none)
    expect(chooseRelease({ release: 0, historyId: 9 }, [entry(0, 1)], 1)).toEqual({
      problem: 'its history has no entry 9; there are 0',
    })
    expect(chooseRelease({ release: 0, historyId: 0 }, [entry(0)], 1)).toMatchObject({
      problem: expect.stringContaining('from before the mesh came'),
    })
  })
})
