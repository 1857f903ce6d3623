import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { TestAuthority } from '@k8or/rig'
import { MeshClient } from './mesh-client'

describe('hosts/k8or/src/client/mesh/mesh-client.rig', () => {
  const asked: { path: string; authorization: string; body: string }[] = []
  let authority: TestAuthority
  let server: Server
  let url: string
  let answer: { status: number; body: string }

  beforeAll(async () => {
    authority = await TestAuthority.create()
    const { cert, key } = await authority.issue({ subject: 'CN=mesh', dnsNames: ['localhost'] })
    server = createServer({ cert, key }, (request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const { url: path = '', headers } = request
        asked.push({ path, authorization: headers.authorization ?? '', body: Buffer.concat(parts).toString() })
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    url = `https://localhost:${(server.address() as AddressInfo).port}`
  })

  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const ask = async (connection: { url?: string; ca?: string } = {}) => {
    const client = new MeshClient({ url, ca: authority.ca, token: 'secret', ...connection })
    try {
      return await client.call(Applications.method.get, { name: { namespace: '', name: 'shop' } })
    } finally {
      client.close()
    }
  }

  it('posts JSON with the token, and reads the answer tolerantly', async () => {
    answer = { status: 200, body: '{"application":{"name":{"name":"shop"},"release":"12","fieldOfTheFuture":1}}' }
    const { application } = await ask()
    expect(application).toMatchObject({ name: { name: 'shop' }, release: 12n, syncStatus: '' })
    expect(asked).toEqual([
      {
        path: '/k8or.syncmaster.v1.Applications/Get',
        authorization: 'Bearer secret',
        body: '{"name":{"name":"shop"}}',
      },
    ])
  })

  it('tells what the mesh refuses', async () => {
    answer = { status: 404, body: '{"code":"not_found","message":"there is no application shop"}' }
    await expect(ask()).rejects.toMatchObject({ message: 'there is no application shop', code: 'not_found' })
  })

  it('does not talk to a mesh whose certificate it does not trust', async () => {
    const stranger = await TestAuthority.create()
    await expect(ask({ ca: stranger.ca })).rejects.toMatchObject({
      message: expect.stringContaining('can not be reached'),
      nextStep: expect.stringContaining('K8OR_CA'),
    })
  })

  it('tells that nothing is there', async () => {
    await expect(ask({ url: 'https://localhost:1' })).rejects.toMatchObject({
      nextStep: expect.stringContaining('make up'),
    })
  })
})
