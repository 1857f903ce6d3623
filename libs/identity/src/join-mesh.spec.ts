import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { json } from 'node:stream/consumers'
import { describeError, Later, Never } from '@k8or/outcome'
import { createAuthority, issue, type Authority } from './authority'
import { publicKeyOfRequest } from './certificate-request'
import { joinMesh, type JoinOptions } from './join-mesh'
import { createKey, publicKeyOf } from './keys'
import type { RenewingIdentity } from './renewing-identity'
import { hostNamesOf, spiffeIdIn, spiffeIdOf } from './spiffe'
import type { SignRequest } from './sign-call'

const trustDomain = 'k8or.test'

/** As much of AccessPoint as signs: tokens are good once, a certificate renews itself. */
class Signer {
  readonly asked: { caller: string | undefined; token: string | undefined }[] = []
  readonly tokens = new Map([['good', 'chartstore']])
  server: Server | undefined
  url = ''

  constructor(readonly authority: Authority) {}

  async start(name: 'accesspoint' | 'codesource' = 'accesspoint'): Promise<void> {
    const key = createKey()
    const names = { spiffeId: spiffeIdOf(trustDomain, name), dnsNames: hostNamesOf(name) }
    const cert = await issue(this.authority, { ...names, publicKey: publicKeyOf(key) })
    const tls = { ca: this.authority.ca, cert, key, requestCert: true, rejectUnauthorized: false }
    this.server = createServer(tls, (request, response) => {
      void (json(request) as Promise<SignRequest>).then(async (message) => {
        const { status, body } = await this.answer(message, request.socket as unknown as TLSSocket)
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })
    })
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve))
    this.url = `https://localhost:${String((this.server.address() as AddressInfo).port)}`
  }

  private async answer(
    { service, csr, token }: SignRequest,
    socket: TLSSocket,
  ): Promise<{ status: number; body: object }> {
    const caller = socket.authorized ? spiffeIdIn(socket.getPeerCertificate().subjectaltname) : undefined
    this.asked.push({ caller, token })
    const spiffeId = spiffeIdOf(trustDomain, 'chartstore')
    if (caller !== spiffeId && this.tokens.get(token ?? '') !== service)
      return { status: 401, body: { code: 'unauthenticated', message: 'the token is unknown, used or expired' } }
    this.tokens.delete(token ?? '')
    return {
      status: 200,
      body: { certificate: await issue(this.authority, { spiffeId, publicKey: await publicKeyOfRequest(csr) }) },
    }
  }
}

describe('libs/identity/src/join-mesh', () => {
  const dir = mkdtempSync(join(tmpdir(), 'join-'))
  const identities: RenewingIdentity[] = []
  let signer: Signer

  async function joining(options: Partial<JoinOptions> = {}): Promise<RenewingIdentity> {
    const identity = await joinMesh({
      accessPointUrl: signer.url,
      trustDomain,
      ca: signer.authority.ca,
      service: 'chartstore',
      dir: join(dir, String(identities.length)),
      token: () => 'good',
      ...options,
    })
    identities.push(identity)
    return identity
  }

  beforeEach(async () => {
    signer = new Signer(await createAuthority({ trustDomain }))
    await signer.start()
  })

  afterEach(() => void signer.server?.close())

  afterAll(() => {
    for (const identity of identities) identity.stop()
    rmSync(dir, { recursive: true })
  })

  it('joins with a one-time token, renews with its certificate, and needs neither on the next start', async () => {
    const first = await joining({ dir: join(dir, 'once') })
    expect(first).toMatchObject({ service: 'chartstore', spiffeId: 'spiffe://k8or.test/svc/chartstore' })
    const renewals: string[] = []
    first.onRenewal(() => renewals.push(first.current().cert))
    await first.renew()
    expect(renewals).toEqual([first.current().cert])
    expect(signer.asked).toEqual([
      { caller: undefined, token: 'good' },
      { caller: 'spiffe://k8or.test/svc/chartstore', token: undefined },
    ])
    const again = await joining({ dir: join(dir, 'once'), token: () => undefined })
    expect(again.current()).toEqual(first.current())
  })

  it('says what to do when the token was used before', async () => {
    await joining()
    const second = joining({ dir: join(dir, 'second') })
    await expect(second).rejects.toThrow(Never)
    await expect(second).rejects.toThrow(/the token is unknown, used or expired .*k8or bootstrap --pki/)
  })

  it('says what to do when there is no token', async () => {
    await expect(joining({ dir: join(dir, 'none'), token: () => undefined })).rejects.toThrow(
      'chartstore has neither a certificate nor a token; run k8or bootstrap --pki',
    )
  })

  it('tries later while AccessPoint is not there', async () => {
    await expect(joining({ dir: join(dir, 'later'), accessPointUrl: 'https://localhost:1' })).rejects.toThrow(Later)
  })

  it('hands its token to nobody but AccessPoint', async () => {
    signer.server?.close()
    await signer.start('codesource')
    expect(await joining({ dir: join(dir, 'wrong') }).catch(describeError)).toContain('codesource answers')
    expect(signer.asked).toEqual([])
  })

  it('trusts no AccessPoint of another authority', async () => {
    const { ca } = await createAuthority({ trustDomain })
    expect(await joining({ dir: join(dir, 'foreign'), ca }).catch(describeError)).toContain('certificate')
    expect(signer.asked).toEqual([])
  })
})
