import { Lane } from './lane'

const signal = new AbortController().signal

describe('services/codesource/src/domain/commit/lane', () => {
  it('carries out together what comes while a round runs', async () => {
    const rounds: number[][] = []
    const lane: Lane<number, number> = new Lane(async (take) => {
      const taken = take()
      rounds.push(taken.map(({ wish }) => wish))
      await Promise.resolve()
      for (const { wish, answer } of taken) answer(wish * 10)
    })
    expect(await Promise.all([1, 2, 3].map((wish) => lane.ask(wish, signal)))).toEqual([10, 20, 30])
    expect(rounds).toEqual([[1], [2, 3]])
  })

  it('tells a failure to those whom it concerns, and goes on with the others', async () => {
    let isFirst = true
    const lane: Lane<number, number> = new Lane(async (take) => {
      const taken = take()
      await Promise.resolve()
      if (isFirst) {
        isFirst = false
        throw new Error('no')
      }
      for (const { wish, answer } of taken) answer(wish)
    })
    const asked = [lane.ask(1, signal), lane.ask(2, signal)]
    await expect(asked[0]).rejects.toThrow('no')
    expect(await asked[1]).toBe(2)
  })

  it('does not carry out what was given up before its round', async () => {
    const seen: number[] = []
    const lane: Lane<number, number> = new Lane(async (take) => {
      await Promise.resolve()
      for (const { wish, answer } of take()) {
        seen.push(wish)
        answer(wish)
      }
    })
    const gone = new AbortController()
    const asked = [lane.ask(1, signal), lane.ask(2, gone.signal)]
    gone.abort(new Error('gone'))
    await expect(asked[1]).rejects.toThrow('gone')
    expect(await asked[0]).toBe(1)
    expect(seen).toEqual([1])
  })
})
