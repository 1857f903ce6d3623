import {
  createAuthority,
  createKey,
  createRequest,
  issue,
  publicKeyOfRequest,
  spiffeIdOf,
  type Authority,
  type Identity,
} from '@k8or/identity'
import type { ServiceName } from '@k8or/contracts'
import { Releases } from '@k8or/contracts/rpc/chartstore/v1/releases'
import { Later, Never } from '@k8or/outcome'
import { freePort } from '@k8or/rig'
import { currentTraceparent, startTracing, withTraceparent, type Tracing } from '@k8or/telemetry'
import type { CallRoutes, Calls } from './calls'
import { NotFoundError, TooLargeError } from './errors'
import { LocalCalls } from './local-calls'
import { networkCalls } from './network-calls'
import { actorOf, peerOf } from './peer'
import { startRpcServer } from './rpc-server'

const trustDomain = 'k8or.mesh'

async function identityOf(service: ServiceName, authority: Authority): Promise<Identity> {
  const key = createKey()
  const publicKey = await publicKeyOfRequest(await createRequest(key))
  const spiffeId = spiffeIdOf(trustDomain, service)
  const cert = await issue(authority, { spiffeId, dnsNames: ['localhost'], publicKey })
  return { service, spiffeId, ca: authority.ca, current: () => ({ cert, key }), onRenewal: () => () => undefined }
}

/** Answers by the uid that it is asked for. */
const routes: CallRoutes = (router) => {
  router.service(Releases, {
    getRelease: async ({ applicationUid }, context) => {
      if (applicationUid === 'peer') return { release: { digest: peerOf(context), inputDigest: actorOf(context) } }
      if (applicationUid === 'trace') return { release: { digest: currentTraceparent() ?? '' } }
      if (applicationUid === 'missing') throw new NotFoundError('there is no release')
      if (applicationUid === 'never') throw new Never('it can not be', { cause: new Error('the reason') })
      if (applicationUid === 'slow') await new Promise((resolve) => context.signal.addEventListener('abort', resolve))
      throw new Later('not now')
    },
  })
}

interface Road {
  readonly calls: Calls
  close(): Promise<void>
}

const roads: Record<string, () => Promise<Road>> = {
  'over the network': async () => {
    const authority = await createAuthority({ trustDomain })
    const port = await freePort()
    const server = await startRpcServer({
      listen: `127.0.0.1:${String(port)}`,
      identity: await identityOf('chartstore', authority),
      routes,
    })
    const url = `https://localhost:${String(port)}`
    const urls = { accesspoint: url, codesource: url, chartstore: url, syncmaster: url, insighthub: url }
    const calls = networkCalls({ identity: await identityOf('accesspoint', authority), urls })
    return { calls, close: () => (calls.close(), server.stop()) }
  },
  'in one process': () => {
    const local = new LocalCalls()
    local.serve('chartstore', routes)
    return Promise.resolve({ calls: local.as(spiffeIdOf(trustDomain, 'accesspoint')), close: () => Promise.resolve() })
  },
}

describe.each(Object.keys(roads))('libs/rpc/src/calls.rig', (name) => {
  let road: Road
  let tracing: Tracing
  beforeAll(async () => {
    tracing = await startTracing('test', { logLevel: 'silent' })
    road = (await roads[name]?.()) as Road
  })
  afterAll(async () => {
    await road.close()
    await tracing.stop()
  })

  const ask = (applicationUid: string, options = {}) =>
    road.calls.to('chartstore', Releases).getRelease({ applicationUid }, options)

  it('tells the service who calls', async () => {
    const { release } = await ask('peer')
    expect(release?.digest).toBe('spiffe://k8or.mesh/svc/accesspoint')
  })

  it('answers in the trace of who asks', async () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const answered = await withTraceparent(parent, () => ask('trace'))
    expect(answered.release?.digest).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/)
    expect(answered.release?.digest).not.toBe(parent)
  })

  it('gives back the error that the service threw, with owner, call and cause', async () => {
    await expect(ask('missing')).rejects.toBeInstanceOf(NotFoundError)
    await expect(ask('never')).rejects.toThrow('chartstore Releases/getRelease: it can not be: the reason')
    await expect(ask('later')).rejects.toBeInstanceOf(Later)
  })

  it('cuts a call off at its deadline', async () => {
    await expect(ask('slow', { timeoutMs: 50 })).rejects.toBeInstanceOf(Later)
  })

  it('refuses a request that is too large', async () => {
    await expect(ask('x'.repeat(17 << 20))).rejects.toBeInstanceOf(TooLargeError)
  })

  it('passes a call on in JSON, for a person whom AccessPoint names', async () => {
    const answer = await road.calls.forward('chartstore', {
      path: '/k8or.chartstore.v1.Releases/GetRelease',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"applicationUid":"peer"}'),
      actor: 'user:admin',
      signal: new AbortController().signal,
    })
    expect(answer.status).toBe(200)
    expect(JSON.parse(Buffer.from(answer.body).toString())).toEqual({
      release: { digest: 'spiffe://k8or.mesh/svc/accesspoint', inputDigest: 'user:admin' },
    })
  })
})

describe('libs/rpc/src/calls.rig', () => {
  it('C52.6 a caller without a certificate of the mesh gets nothing, and nobody but the expected service is believed', async () => {
    const authority = await createAuthority({ trustDomain })
    const port = await freePort()
    const server = await startRpcServer({
      listen: `127.0.0.1:${String(port)}`,
      identity: await identityOf('chartstore', authority),
      routes,
    })
    const url = `https://localhost:${String(port)}`
    const urls = { accesspoint: url, codesource: url, chartstore: url, syncmaster: url, insighthub: url }
    const stranger = await identityOf('accesspoint', await createAuthority({ trustDomain }))
    const forged = networkCalls({ identity: { ...stranger, ca: authority.ca }, urls })
    await expect(forged.to('chartstore', Releases).getRelease({ applicationUid: 'peer' })).rejects.toBeInstanceOf(Later)
    const honest = networkCalls({ identity: await identityOf('accesspoint', authority), urls })
    await expect(honest.to('syncmaster', Releases).getRelease({ applicationUid: 'peer' })).rejects.toThrow(
      /expected spiffe/,
    )
    honest.close()
    forged.close()
    await server.stop()
  })

  it('stops although callers keep their connections', async () => {
    const authority = await createAuthority({ trustDomain })
    const port = await freePort()
    const identity = await identityOf('chartstore', authority)
    const server = await startRpcServer({ listen: `127.0.0.1:${port}`, identity, routes })
    const url = `https://localhost:${port}`
    const urls = { accesspoint: url, codesource: url, chartstore: url, syncmaster: url, insighthub: url }
    const calls = networkCalls({ identity: await identityOf('accesspoint', authority), urls })
    await calls.to('chartstore', Releases).getRelease({ applicationUid: 'peer' })
    const headers = { 'content-type': 'application/json' }
    const call = {
      path: '/k8or.chartstore.v1.Releases/GetRelease',
      headers,
      body: Buffer.from('{}'),
      actor: 'user:admin',
    }
    await calls.forward('chartstore', { ...call, signal: AbortSignal.timeout(5_000) })
    const began = Date.now()
    await server.stop()
    expect(Date.now() - began).toBeLessThan(3_000)
    await expect(calls.to('chartstore', Releases).getRelease({ applicationUid: 'peer' })).rejects.toBeInstanceOf(Later)
    calls.close()
  })
})
