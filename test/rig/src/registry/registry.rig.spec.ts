import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { execFileSync } from 'node:child_process'
import { request } from 'undici'
import { eventually } from '../eventually'
import { removeDir, tempDir } from '../temp-dir'
import { RegistryClient } from './registry-client'
import { startRegistry, type RegistryServer } from './registry-server'
import { tar } from './tar'

interface Notification {
  readonly headers: IncomingHttpHeaders
  readonly events: readonly { action: string; target: Record<string, unknown> }[]
}

describe('test/rig/src/registry/registry.rig', () => {
  const dir = tempDir('registry')
  const told: Notification[] = []
  const receiver = createServer((message, response) => {
    let body = ''
    message.setEncoding('utf8').on('data', (text: string) => (body += text))
    message.on('end', () => {
      told.push({ headers: message.headers, ...(JSON.parse(body) as Pick<Notification, 'events'>) })
      response.end()
    })
  })
  let registry: RegistryServer
  let client: RegistryClient

  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/api/webhook`
    registry = await startRegistry({ dir, notify: { url, token: 'a-token' }, restart: true })
    client = new RegistryClient(registry)
  }, 30_000)

  afterAll(async () => {
    await client.close()
    await registry.stop()
    receiver.close()
    removeDir(dir)
  })

  it('takes an image that was built without a container engine, and tells of the push with the token', async () => {
    const digest = await client.push('shop/web', '1.0', {
      files: { 'etc/version': '1.0' },
      labels: { revision: 'abc' },
    })
    expect(await client.digestOf('shop/web', '1.0')).toBe(digest)
    expect(await client.tags('shop/web')).toEqual(['1.0'])
    const news = await eventually(() => told.find(({ events }) => events[0]?.target['tag'] === '1.0'))
    expect(news.headers['authorization']).toBe('Bearer a-token')
    expect(news.headers['content-type']).toBe('application/vnd.docker.distribution.events.v2+json')
    expect(news.events[0]).toMatchObject({ action: 'push', target: { repository: 'shop/web', digest } })
  })

  it('gives equal content one digest under two tags, and other content another', async () => {
    const one = await client.push('shop/same', 'a', { files: { f: '1' } })
    expect(await client.push('shop/same', 'b', { files: { f: '1' } })).toBe(one)
    expect(await client.push('shop/same', 'b', { files: { f: '2' } })).not.toBe(one)
    expect(await client.tags('shop/same')).toEqual(['a', 'b'])
  })

  it('forgets a tag that is taken away', async () => {
    await client.push('shop/gone', '1', { files: { f: 'gone' } })
    await client.removeTag('shop/gone', '1')
    expect(await client.digestOf('shop/gone', '1')).toBeUndefined()
    expect(await client.tags('shop/nothing')).toEqual([])
  })

  it('lets nobody in without the password', async () => {
    const answer = await request(`http://${registry.host}/v2/`)
    await answer.body.dump()
    expect(answer.statusCode).toBe(401)
    const stranger = new RegistryClient({ ...registry, password: 'wrong' })
    await expect(stranger.push('shop/web', '2')).rejects.toThrow('with 401')
    await stranger.close()
  })

  it('comes back with its images when it was killed', async () => {
    const digest = await client.push('shop/kept', '1', { files: { f: 'kept' } })
    registry.process.kill('SIGKILL')
    const after = await eventually(() => client.digestOf('shop/kept', '1'), { what: 'the image' })
    expect(after).toBe(digest)
  })

  it('makes archives that tar reads', () => {
    const archive = tar({ 'app/hello': 'hello', 'app/empty': '' })
    expect(execFileSync('tar', ['-t'], { input: archive, encoding: 'utf8' })).toBe('app/empty\napp/hello\n')
    expect(execFileSync('tar', ['-xO', 'app/hello'], { input: archive, encoding: 'utf8' })).toBe('hello')
  })
})
