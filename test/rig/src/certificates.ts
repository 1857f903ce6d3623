import 'reflect-metadata'
import { generateKeyPairSync, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const day = 86_400_000

/** A certificate with its private key, both PEM. */
export interface KeyedCertificate {
  readonly cert: string
  readonly key: string
}

/** Whom a certificate is for. */
export interface CertificateRequest {
  /** A distinguished name, such as `CN=admin,O=system:masters`. */
  readonly subject: string
  readonly dnsNames?: readonly string[]
  readonly ips?: readonly string[]
  readonly uris?: readonly string[]
}

/** A certificate authority of the rig: made in a few milliseconds, kept in memory. */
export class TestAuthority {
  private constructor(
    private readonly certificate: x509.X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {}

  /** Makes a new authority with its self-signed certificate. */
  static async create(name = 'k8or rig'): Promise<TestAuthority> {
    const keys = await newKeys()
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      keys,
      signingAlgorithm: algorithm,
      ...validity(),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    return new TestAuthority(certificate, keys)
  }

  /** The authority's own certificate, PEM. */
  get ca(): string {
    return this.certificate.toString('pem')
  }

  /** Issues a certificate that is good for servers and clients. */
  async issue(request: CertificateRequest): Promise<KeyedCertificate> {
    const keys = await newKeys()
    const certificate = await x509.X509CertificateGenerator.create({
      subject: request.subject,
      issuer: this.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: algorithm,
      ...validity(),
      extensions: leafExtensions(request),
    })
    return { cert: certificate.toString('pem'), key: await privatePem(keys.privateKey) }
  }
}

/** A key pair for signing service-account tokens, both PEM. */
export function signingKeys(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  })
}

function leafExtensions({ dnsNames = [], ips = [], uris = [] }: CertificateRequest): x509.Extension[] {
  const names = [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ips.map((value) => ({ type: 'ip' as const, value })),
    ...uris.map((value) => ({ type: 'url' as const, value })),
  ]
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    ...(names.length ? [new x509.SubjectAlternativeNameExtension(names)] : []),
  ]
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now()
  return { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + 365 * day) }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`
}
