import { readWatchEvents } from './watch-stream'

async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

const event = (name: string) => JSON.stringify({ type: 'ADDED', object: { metadata: { name } } }) + '\n'

describe('test/rig/src/kube/watch-stream', () => {
  it('reads events that are cut anywhere, inside a character too', async () => {
    const bytes = Buffer.from(event('grün') + event('b'))
    for (let cut = 0; cut < bytes.length; cut++) {
      const names: string[] = []
      for await (const { object } of readWatchEvents(chunks(bytes.subarray(0, cut), bytes.subarray(cut))))
        names.push(object.metadata.name)
      expect(names).toEqual(['grün', 'b'])
    }
  })
})
