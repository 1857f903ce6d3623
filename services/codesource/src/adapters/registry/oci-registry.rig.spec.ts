import { sha256 } from '@k8or/contracts'
import { RegistryClient, removeDir, startRegistry, tempDir, type RegistryServer } from '@k8or/rig'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { noRegistryAccess, type RegistryAccess } from '../../domain/image/access'
import { Addresses } from '../git/addresses'
import { Connections } from '../git/smart-http/connections'
import { pushIndex } from '../../../test/push-index'
import { OciRegistry } from './oci-registry'
import { RegistryHttp } from './registry-http'

const signal = new AbortController().signal
const options = { signal }
const created = '2026-01-02T03:04:05.000Z'
const manifestType = 'application/vnd.oci.image.manifest.v1+json'

describe('services/codesource/src/adapters/registry/oci-registry.rig', () => {
  const dir = tempDir('registry')
  const connections = new Connections()
  const stops: (() => unknown)[] = []
  let server: RegistryServer
  let client: RegistryClient
  let host: string

  const open = (access: Partial<RegistryAccess> = server, allowLoopback = true) => {
    const http = new RegistryHttp({ addresses: new Addresses({ allowLoopback }), connections, clock: () => new Date() })
    return new OciRegistry({ http, credentials: { of: async () => ({ ...noRegistryAccess, ...access }) } })
  }

  /** A registry of which each question and answer is decided here. */
  const stranger = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stops.push(() => {
      server.closeAllConnections()
      server.close()
    })
    return { name: `localhost:${(server.address() as AddressInfo).port}`, asked }
  }

  beforeAll(async () => {
    server = await startRegistry({ dir })
    client = new RegistryClient(server)
    host = server.host
    stops.push(() => client.close(), server.stop)
  }, 30_000)

  afterAll(async () => {
    connections.close()
    for (const stop of stops) await stop()
    removeDir(dir)
  })

  it('lists tags and describes them, old ones too (C96.3)', async () => {
    const first = await client.push('shop/web', 'v1', { created, files: { version: '1' } })
    const second = await client.push('shop/web', 'v2', { created, files: { version: '2' } })
    const registry = open()
    expect(await registry.tags(`${host}/shop/web`, options)).toEqual(['v1', 'v2'])
    expect(await registry.describe(`${host}/shop/web`, 'v1', options)).toEqual({
      ...{ tag: 'v1', digest: first, createdAt: created, platforms: ['linux/amd64'] },
    })
    expect(await registry.digestOf(`${host}/shop/web`, 'v2', options)).toBe(second)
    expect(await registry.digestOf(`${host}/shop/web`, 'v3', options)).toBeUndefined()
    await expect(registry.tags(`${host}/shop/none`, options)).rejects.toMatchObject({ reason: 'missing' })
  })

  it('reads an index: its platforms, and when it or its images were made', async () => {
    const architectures = ['amd64', 'arm64']
    const digest = await pushIndex(server, 'shop/multi', 'v1', { architectures, created })
    expect(await open().describe(`${host}/shop/multi`, 'v1', options)).toEqual({
      ...{ tag: 'v1', digest, createdAt: created, platforms: ['linux/amd64', 'linux/arm64'] },
    })
    const later = '2026-02-03T04:05:06.000Z'
    const annotations = { 'org.opencontainers.image.created': '2026-02-03T05:05:06+01:00' }
    await pushIndex(server, 'shop/multi', 'v2', { architectures, created, annotations })
    expect(await open().describe(`${host}/shop/multi`, 'v2', options)).toMatchObject({ createdAt: later })
  })

  it('sees a tag that moved, and one that vanished', async () => {
    const registry = open()
    const image = `${host}/shop/moving`
    const first = await client.push('shop/moving', 'v1', { files: { f: '1' } })
    expect(await registry.digestOf(image, 'v1', options)).toBe(first)
    const second = await client.push('shop/moving', 'v1', { files: { f: '2' } })
    expect(await registry.digestOf(image, 'v1', options)).toBe(second)
    await client.removeTag('shop/moving', 'v1')
    expect(await registry.digestOf(image, 'v1', options)).toBeUndefined()
  })

  it('shows name and password where a registry asks for them, and says that they are refused', async () => {
    const image = `${host}/shop/secret`
    await expect(open(noRegistryAccess).tags(image, options)).rejects.toMatchObject({
      reason: 'refused',
      message: expect.stringContaining(`access to image ${image} was refused`),
    })
    const guess = { ...server, password: 'guess' }
    await expect(open(guess).tags(image, options)).rejects.toMatchObject({ reason: 'refused' })
  })

  it('fetches a token where a registry sends to a token service, and keeps it', async () => {
    const { name, asked } = await stranger((request, response) => {
      const { authorization } = request.headers
      if (request.url?.startsWith('/token')) {
        const isKnown = authorization === `Basic ${Buffer.from('ci:secret').toString('base64')}`
        response.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ token: 'abc', expires_in: 300 }))
      } else if (authorization === 'Bearer abc') response.end('{"tags":["v1"]}')
      else {
        const challenge = `Bearer realm="http://${name}/token",service="s",scope="repository:shop/web:pull"`
        response.writeHead(401, { 'www-authenticate': challenge }).end()
      }
    })
    const registry = open({ username: 'ci', password: 'secret' })
    expect(await registry.tags(`${name}/shop/web`, options)).toEqual(['v1'])
    expect(await registry.tags(`${name}/shop/web`, options)).toEqual(['v1'])
    expect(asked.filter((one) => one.includes('/token'))).toEqual([
      'GET /token?service=s&scope=repository%3Ashop%2Fweb%3Apull',
    ])
    await expect(open(noRegistryAccess).tags(`${name}/shop/web`, options)).rejects.toMatchObject({ reason: 'refused' })
  })

  it('goes through all pages', async () => {
    const { name } = await stranger((request, response) => {
      const last = new URL(request.url ?? '', 'http://x').searchParams.get('last')
      if (last === null) response.setHeader('link', '</v2/a/tags/list?last=v2&n=2>; rel="next"')
      response.end(JSON.stringify({ tags: last === null ? ['v1', 'v2'] : ['v3'] }))
    })
    expect(await open().tags(`${name}/a`, options)).toEqual(['v1', 'v2', 'v3'])
  })

  it('leaves a registry alone for as long as it asks for', async () => {
    const { name, asked } = await stranger((_request, response) =>
      response.writeHead(429, { 'retry-after': '30' }).end(),
    )
    const registry = open()
    const busy = { reason: 'busy', retryAfterMs: expect.any(Number), message: expect.stringContaining('in 30 s') }
    await expect(registry.tags(`${name}/a`, options)).rejects.toMatchObject(busy)
    await expect(registry.tags(`${name}/b`, options)).rejects.toMatchObject(busy)
    expect(asked).toHaveLength(1)
  })

  it('names a registry that answers with other content than it says', async () => {
    const told = `sha256:${'a'.repeat(64)}`
    const body = JSON.stringify({ schemaVersion: 2, config: { digest: told, mediaType: manifestType } })
    const { name } = await stranger((_request, response) => {
      response.setHeader('docker-content-digest', told)
      response.end(body)
    })
    await expect(open().describe(`${name}/a`, 'v1', options)).rejects.toMatchObject({
      reason: 'untrue',
      message: `image ${name}/a: registry ${name} answers for ${told} with content whose digest is sha256:${sha256(body)}`,
    })
  })

  it('takes no more than it can use', async () => {
    const { name } = await stranger((_request, response) => response.end(Buffer.alloc(9 << 20, 32)))
    await expect(open().tags(`${name}/a`, options)).rejects.toMatchObject({
      message: expect.stringContaining('8192 KiB'),
    })
    const strange = await stranger((_request, response) => response.end('<html>'))
    await expect(open().tags(`${strange.name}/a`, options)).rejects.toThrow('does not answer with a list of tags')
  })

  it('connects to no forbidden address, neither at once nor where a registry leads', async () => {
    await expect(open(server, false).tags(`${host}/a`, options)).rejects.toMatchObject({
      message: expect.stringMatching(/registry localhost is refused: .*a loopback address/),
    })
    for (const target of ['http://169.254.169.254/latest', 'http://metadata.google.internal/']) {
      const { name } = await stranger((_request, response) => response.writeHead(307, { location: target }).end())
      await expect(open().tags(`${name}/a`, options)).rejects.toMatchObject({ reason: 'invalid' })
    }
  })

  it('takes credentials along to no other host', async () => {
    const seen: (string | undefined)[] = []
    const other = await stranger((request, response) => {
      seen.push(request.headers.authorization)
      response.end('{"tags":[]}')
    })
    const { name } = await stranger((request, response) =>
      response.writeHead(307, { location: `http://${other.name}${request.url ?? ''}` }).end(),
    )
    await open({ bearerToken: 'secret' }).tags(`${name}/a`, options)
    expect(seen).toEqual([undefined])
  })
})
