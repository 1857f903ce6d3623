import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { moreOf, openedBy } from './descriptors'

describe('test/soak/src/descriptors', () => {
  it('names the connections that a process has opened, and those that it has taken', async () => {
    const before = openedBy(process.pid)
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const client = connect(port, '127.0.0.1')
    const [taken] = (await once(server, 'connection')) as [Socket]
    const more = moreOf(before, openedBy(process.pid))
    client.destroy()
    taken.destroy()
    server.close()
    expect(more).toEqual(
      expect.arrayContaining([
        `1 listening at ${String(port)}`,
        `1 tcp to ${String(port)}`,
        `1 tcp from a client of ${String(port)}`,
      ]),
    )
  })

  it('tells what there is more of, not what there is less of', () => {
    expect(moreOf(['a', 'a', 'b'], ['a', 'c', 'c'])).toEqual(['2 c'])
  })
})
