import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { eventually } from '../eventually'
import { freePort } from '../free-port'
import { Relay } from './relay'

describe('test/rig/src/relay/relay.rig', () => {
  const echo = createServer((socket) => void socket.on('error', () => undefined).pipe(socket))
  const sockets: Socket[] = []
  let relay: Relay

  beforeAll(async () => {
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
    relay = await Relay.start(await freePort(), (echo.address() as AddressInfo).port)
  })
  afterEach(() => relay.heal())
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await relay.stop()
    await new Promise((resolve) => echo.close(resolve))
  })

  /** A connection through the relay, with all that came back by it. */
  const open = async () => {
    const socket = connect(relay.port, '127.0.0.1').setEncoding('utf8')
    sockets.push(socket)
    const seen = { text: '', socket }
    socket.on('data', (text: string) => (seen.text += text)).on('error', () => undefined)
    await once(socket, 'connect')
    return seen
  }

  it('passes on what is sent, both ways, and the end of it', async () => {
    const seen = await open()
    seen.socket.end('hello')
    await once(seen.socket, 'close')
    expect(seen.text).toBe('hello')
  })

  it('breaks what is open and refuses what is new, until it is healed', async () => {
    const { socket } = await open()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await relay.cut('refuse')
    await closed
    await expect(open()).rejects.toThrow('ECONNREFUSED')
    await relay.heal()
    const again = await open()
    again.socket.write('again')
    await eventually(() => again.text === 'again', { what: 'the echo' })
  })

  it('keeps connections that hang, old and new, and loses nothing of them', async () => {
    const old = await open()
    old.socket.write('a')
    await eventually(() => old.text === 'a', { what: 'the first echo' })
    await relay.cut('hang')
    old.socket.write('b')
    const fresh = await open()
    fresh.socket.write('c')
    const beside = connect((echo.address() as AddressInfo).port, '127.0.0.1').end('beside')
    await once(beside.resume(), 'close')
    expect([old.text, fresh.text]).toEqual(['a', ''])
    await relay.heal()
    await eventually(() => old.text === 'ab' && fresh.text === 'c', { what: 'what was held' })
  })
})
