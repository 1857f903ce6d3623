import { unlessAborted } from './unless-aborted'

describe('libs/shell/src/unless-aborted', () => {
  it('ends with the work, and fails as it fails', async () => {
    const { signal } = new AbortController()
    await expect(unlessAborted(Promise.resolve(1), signal)).resolves.toBe(1)
    await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
  })

  it('does not wait for the work once the signal aborts', async () => {
    const stopping = new AbortController()
    const waiting = unlessAborted(new Promise(() => undefined), stopping.signal)
    stopping.abort(new Error('stops'))
    await expect(waiting).rejects.toThrow('stops')
    await expect(unlessAborted(new Promise(() => undefined), stopping.signal)).rejects.toThrow('stops')
  })
})
