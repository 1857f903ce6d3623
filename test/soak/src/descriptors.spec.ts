import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { descriptorsOf, moreOf } from './descriptors'

const own = (): string[] => descriptorsOf(new Map([['self', process.pid]])).get('self') ?? []

describe('test/soak/src/descriptors', () => {
  it('names who is at the other end of a connection', async () => {
    const before = own()
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const client = connect(port, '127.0.0.1')
    const [taken] = (await once(server, 'connection')) as [Socket]
    const after = own()
    client.destroy()
    taken.destroy()
    server.close()
    expect(before).not.toContain(`port ${String(port)}`)
    expect(after).toEqual(
      expect.arrayContaining([`port ${String(port)}`, 'connection to self', 'connection from self']),
    )
  })

  it('calls two pipes by one name', () => {
    const pipes = own().filter((kind) => kind.startsWith('pipe'))
    expect(new Set(pipes)).toEqual(new Set(['pipe:[*]']))
  })

  it('knows nothing of a process that has ended', () => {
    expect(descriptorsOf(new Map([['gone', 2 ** 30]])).get('gone')).toEqual([])
  })

  it('tells what there is more of, but neither what there is less of nor a first connection', () => {
    const [there, two] = ['connection to nats', ['connection to redis', 'connection to redis']]
    expect(moreOf(['a', 'a', 'b'], ['a', 'c', 'c', there])).toEqual(['2 c'])
    expect(moreOf([], two)).toEqual(['1 connection to redis'])
    expect(moreOf(two, [...two, 'connection to redis'])).toEqual(['1 connection to redis'])
  })

  it('knows the spare one of files that take turns, and no second', () => {
    const [segment, other] = ['/audit/*.jsonl', '/audit7/index.db']
    expect(moreOf([segment, other], [segment, segment, other])).toEqual([])
    expect(moreOf([segment, other], [segment, segment, segment, other, other])).toEqual([`1 ${segment}`, `1 ${other}`])
  })
})
