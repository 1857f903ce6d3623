import { untilDone } from './until-done'

describe('libs/rpc/src/until-done', () => {
  it('ends when it is done, when nobody waits any more, and when it can not begin', async () => {
    const asking = new AbortController()
    await untilDone(asking.signal, (done) => done())
    const waiting = untilDone(asking.signal, () => undefined)
    asking.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    const refused = untilDone(new AbortController().signal, () => {
      throw new Error('no such thing')
    })
    await expect(refused).rejects.toThrow('no such thing')
  })
})
