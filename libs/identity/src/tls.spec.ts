import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type Server, type TLSSocket } from 'node:tls'
import type { AddressInfo } from 'node:net'
import type { ServiceName } from '@k8or/contracts'
import { createAuthority, issue, type Authority } from './authority'
import { CertificateFiles } from './certificate-files'
import { createRequest, publicKeyOfRequest } from './certificate-request'
import { obtainIdentity } from './file-identity'
import { renewalDelay, type RenewingIdentity } from './renewing-identity'
import { hostNamesOf, serviceOf, spiffeIdIn, spiffeIdOf } from './spiffe'
import { clientTls, serverTls } from './tls'

const trustDomain = 'k8or.test'
const day = 86_400_000

describe('libs/identity/src/tls', () => {
  const dir = mkdtempSync(join(tmpdir(), 'identity-'))
  const opened: (Server | RenewingIdentity)[] = []
  let authority: Authority
  let names = 0

  async function member(service: ServiceName, options: { now?: Date; of?: Authority } = {}): Promise<RenewingIdentity> {
    const { now = new Date(), of = authority } = options
    names += 1
    const sign = async (request: string): Promise<string> => {
      const publicKey = await publicKeyOfRequest(request)
      const spiffeId = spiffeIdOf(trustDomain, service)
      return issue(of, { spiffeId, dnsNames: hostNamesOf(service), publicKey, now })
    }
    const identity = await obtainIdentity({ dir: join(dir, String(names)), ca: of.ca, sign })
    opened.push(identity)
    return identity
  }

  async function listen(identity: RenewingIdentity): Promise<number> {
    const server = createServer(serverTls(identity), (socket) => socket.end('hello'))
    opened.push(server)
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    identity.onRenewal(() => server.setSecureContext(serverTls(identity)))
    return (server.address() as AddressInfo).port
  }

  /** What a client reads; a server refuses a client only after the client believes that it is connected. */
  function read(port: number, tls: object): Promise<{ text: string; peer: string | undefined }> {
    return new Promise((resolve, reject) => {
      const socket: TLSSocket = connect({ port, host: 'localhost', ...tls })
      const peer = (): string => socket.getPeerX509Certificate()?.serialNumber ?? ''
      let serial = ''
      let text = ''
      socket.on('secureConnect', () => (serial = peer()))
      socket.on('data', (chunk) => (text += String(chunk)))
      socket.on('error', reject)
      socket.on('end', () => (text ? resolve({ text, peer: serial }) : reject(new Error('hung up on'))))
    })
  }

  beforeAll(async () => {
    authority = await createAuthority({ trustDomain })
  })

  afterAll(() => {
    for (const one of opened) if ('close' in one) one.close()
    for (const one of opened) if ('renew' in one) one.stop()
    rmSync(dir, { recursive: true })
  })

  it('C52.6 lets two services of the mesh talk to each other', async () => {
    const port = await listen(await member('chartstore'))
    const client = await member('syncmaster')
    expect((await read(port, clientTls(client, 'chartstore'))).text).toBe('hello')
  })

  it('C52.6 refuses a client without a certificate', async () => {
    const port = await listen(await member('chartstore'))
    const client = await member('syncmaster')
    await expect(read(port, { ...clientTls(client, 'chartstore'), cert: undefined, key: undefined })).rejects.toThrow(
      /hung up on|certificate required|ECONNRESET/,
    )
  })

  it('refuses a client whose certificate another authority issued', async () => {
    const port = await listen(await member('chartstore'))
    const stranger = await member('syncmaster', { of: await createAuthority({ trustDomain }) })
    await expect(read(port, { ...clientTls(stranger, 'chartstore'), ca: authority.ca })).rejects.toThrow(
      /hung up on|ECONNRESET|alert/,
    )
  })

  it('refuses a server whose certificate another authority issued', async () => {
    const port = await listen(await member('chartstore', { of: await createAuthority({ trustDomain }) }))
    const client = await member('syncmaster')
    await expect(read(port, clientTls(client, 'chartstore'))).rejects.toThrow(/certificate/)
  })

  it('refuses a service of the mesh that is not the expected one', async () => {
    const port = await listen(await member('insighthub'))
    const client = await member('syncmaster')
    await expect(read(port, clientTls(client, 'chartstore'))).rejects.toThrow(
      'expected spiffe://k8or.test/svc/chartstore, but spiffe://k8or.test/svc/insighthub answers',
    )
  })

  it('refuses an expired certificate', async () => {
    const port = await listen(await member('chartstore', { now: new Date(Date.now() - 2 * day) }))
    const client = await member('syncmaster')
    await expect(read(port, clientTls(client, 'chartstore'))).rejects.toThrow('expired')
  })

  it('shows the renewed certificate to the next caller, while the server runs on', async () => {
    const server = await member('chartstore')
    const port = await listen(server)
    const client = await member('syncmaster')
    const before = await read(port, clientTls(client, 'chartstore'))
    await server.renew()
    const after = await read(port, clientTls(client, 'chartstore'))
    expect(after.text).toBe('hello')
    expect(after.peer).not.toBe(before.peer)
  })

  it('keeps key and certificate for their owner alone, and finds them again', async () => {
    const first = await member('chartstore')
    const files = new CertificateFiles(join(dir, String(names)))
    for (const file of ['tls.key', 'tls.crt']) expect(statSync(join(files.dir, file)).mode & 0o777).toBe(0o600)
    const refuse = () => Promise.reject(new Error('asked for a new one'))
    const again = await obtainIdentity({ dir: files.dir, ca: authority.ca, sign: refuse })
    opened.push(again)
    expect(again.current()).toEqual(first.current())
  })

  it('asks for a new certificate where the one it finds has expired or is not its key’s', async () => {
    const old = await member('chartstore', { now: new Date(Date.now() - 2 * day) })
    const files = new CertificateFiles(join(dir, String(names)))
    const renewed = await member('chartstore')
    writeFileSync(join(files.dir, 'tls.crt'), renewed.current().cert)
    expect(files.certificate()).toBeUndefined()
    expect(old.current().cert).not.toBe(renewed.current().cert)
  })

  it('takes nothing but the public key from a request, and only from who holds the private one', async () => {
    await expect(publicKeyOfRequest('nonsense')).rejects.toThrow('not a certificate request')
    const request = await createRequest(new CertificateFiles(join(dir, 'forged')).key())
    const der = Buffer.from(request.replace(/-----[^-]+-----/g, ''), 'base64')
    der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
    await expect(publicKeyOfRequest(forged)).rejects.toThrow('not signed by its own key')
  })

  it('renews after two thirds of a certificate’s life, at the latest', async () => {
    const now = new Date()
    const { cert } = (await member('chartstore', { now })).current()
    const [latest, earliest] = [0, 1].map((chance) => renewalDelay(cert, now.getTime(), chance) / day)
    expect(latest).toBeCloseTo(2 / 3, 1)
    expect(earliest).toBeCloseTo(2 / 3 - 0.1, 1)
    expect(renewalDelay(cert, now.getTime() + 2 * day, 0)).toBe(0)
  })

  it('reads a service’s name only where a certificate has exactly one', () => {
    const id = 'spiffe://k8or.test/svc/chartstore'
    expect(spiffeIdIn(`DNS:localhost, URI:${id}`)).toBe(id)
    expect(spiffeIdIn(`URI:${id}, URI:spiffe://k8or.test/svc/accesspoint`)).toBeUndefined()
    expect(spiffeIdIn('URI:https://k8or.test/svc/chartstore')).toBeUndefined()
    expect(spiffeIdIn(undefined)).toBeUndefined()
    expect(serviceOf(id)).toBe('chartstore')
    expect(serviceOf('spiffe://k8or.test/svc/nobody')).toBeUndefined()
    expect(serviceOf(`${id}/more`)).toBeUndefined()
  })
})
