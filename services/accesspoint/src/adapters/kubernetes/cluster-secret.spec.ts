import { mangled } from '@k8or/rig'
import fc from 'fast-check'
import { BadClusterSecretError, readClusterSecret } from './cluster-secret'

function secret(data: Record<string, string>) {
  return {
    name: 'east',
    type: 'Opaque',
    labels: { env: 'dev' },
    data: { name: 'east', server: 'https://east.test/', ...data },
  }
}

const encode = (text: string): string => Buffer.from(text).toString('base64')
const pem = (kind: string, text = 'AAAA') => `-----BEGIN ${kind}-----\n${text}\n-----END ${kind}-----\n`
const [ca, cert, key] = [pem('CERTIFICATE', 'CAAA'), pem('CERTIFICATE'), pem('PRIVATE KEY')]

describe('services/accesspoint/src/adapters/kubernetes/cluster-secret', () => {
  it('A12 reads a client certificate with the authority of the cluster', async () => {
    const tlsClientConfig = {
      caData: encode(ca),
      certData: encode(cert),
      keyData: encode(key),
      serverName: 'inside',
    }
    const { entry, credentials } = readClusterSecret(
      secret({ config: JSON.stringify({ tlsClientConfig }), namespaces: 'a, b' }),
    )
    expect(entry).toMatchObject({
      name: 'east',
      server: 'https://east.test',
      namespaces: ['a', 'b'],
      labels: { env: 'dev' },
    })
    expect(credentials.tls).toEqual({
      ca,
      cert,
      key,
      servername: 'inside',
      rejectUnauthorized: true,
    })
    expect(await credentials.authorization()).toBeUndefined()
  })

  it('A12 reads a token, or a name and a password, and that the certificate is not to be checked', async () => {
    const token = readClusterSecret(
      secret({ config: '{"bearerToken":"t","tlsClientConfig":{"insecure":true}}' }),
    ).credentials
    expect(await token.authorization()).toBe('Bearer t')
    expect(token.tls).toEqual({ rejectUnauthorized: false })
    const basic = readClusterSecret(secret({ config: '{"username":"u","password":"p"}' })).credentials
    expect(await basic.authorization()).toBe(`Basic ${encode('u:p')}`)
  })

  it('has another digest when a credential has changed', () => {
    const of = (token: string) =>
      readClusterSecret(secret({ config: JSON.stringify({ bearerToken: token }) })).credentials.digest
    expect(of('a')).not.toBe(of('b'))
    expect(of('a')).toBe(of('a'))
  })

  it.each([
    ['a server without TLS', { server: 'http://east.test' }, 'server must begin with https://'],
    ['a config that is not JSON', { config: 'canary-token' }, 'cluster Secret east: config is not JSON; correct it'],
    ['a field of another type', { config: '{"bearerToken":5}' }, 'bearerToken'],
    ['a plug-in', { config: '{"execProviderConfig":{"command":"aws"}}' }, 'config.execProviderConfig is not supported'],
  ])('names the Secret and the field of %s, and shows no credential', (_, data, message) => {
    expect(() => readClusterSecret(secret(data))).toThrow(message)
    expect(() => readClusterSecret(secret(data))).not.toThrow('canary')
  })

  it('reads whatever a Secret declares, or names the field, and never shows a credential', () => {
    const [certData, keyData] = [encode(pem('CERTIFICATE', 'canary-1')), encode(pem('PRIVATE KEY', 'canary-2'))]
    const tls = { insecure: false, serverName: 'inside', caData: encode(ca), certData, keyData }
    const config = { bearerToken: 'canary-3', username: 'u', password: 'canary-4', tlsClientConfig: tls }
    fc.assert(
      fc.property(mangled(config), fc.boolean(), (wrong, isCut) => {
        const text = JSON.stringify(wrong)
        try {
          readClusterSecret(secret({ config: isCut ? text.slice(0, -1) : text }))
        } catch (error) {
          expect(error).toBeInstanceOf(BadClusterSecretError)
          expect((error as Error).message).toMatch(/^cluster Secret east: config/)
          expect((error as Error).message).not.toContain('canary')
        }
      }),
    )
  })
})
