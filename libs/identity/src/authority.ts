import { algorithm, importPrivateKey, importPublicKey } from './x509'
import * as x509 from '@peculiar/x509'
import { createKey, publicKeyOf } from './keys'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How long a service's certificate is good for; it is renewed after two thirds of that. */
export const serviceCertificateMs = day

/** The mesh's certificate authority: its certificate is public, its key stays with AccessPoint. */
export interface Authority {
  readonly trustDomain: string
  /** PEM. */
  readonly ca: string
  /** PEM. */
  readonly key: string
}

/** Whom a certificate is for. What a request asks for besides its public key does not count. */
export interface CertificateNames {
  readonly spiffeId?: string
  readonly dnsNames?: readonly string[]
}

/** A certificate to be issued. */
export interface IssueRequest extends CertificateNames {
  /** PEM. */
  readonly publicKey: string
  readonly validForMs?: number
  readonly now?: Date
}

/** Makes a new authority; its own certificate is good for ten years. */
export async function createAuthority(options: { trustDomain: string; now?: Date }): Promise<Authority> {
  const { trustDomain, now = new Date() } = options
  const key = createKey()
  const publicKey = await importPublicKey(publicKeyOf(key))
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=k8or mesh authority,O=${trustDomain}`,
    keys: { privateKey: await importPrivateKey(key), publicKey },
    signingAlgorithm: algorithm,
    notBefore: new Date(now.getTime() - hour),
    notAfter: new Date(now.getTime() + 3650 * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  })
  return { trustDomain, ca: certificate.toString('pem'), key }
}

/** Issues a certificate that is good for servers and clients; answers PEM. */
export async function issue(authority: Authority, request: IssueRequest): Promise<string> {
  const { now = new Date(), validForMs = serviceCertificateMs } = request
  const issuer = new x509.X509Certificate(authority.ca)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${commonName(request)},O=k8or`,
    issuer: issuer.subject,
    publicKey: await importPublicKey(request.publicKey),
    signingKey: await importPrivateKey(authority.key),
    signingAlgorithm: algorithm,
    // Clocks of different machines differ.
    notBefore: new Date(now.getTime() - 5 * minute),
    notAfter: new Date(now.getTime() + validForMs),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(alternativeNames(request)),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return certificate.toString('pem')
}

function commonName({ spiffeId, dnsNames = [] }: CertificateNames): string {
  return spiffeId?.split('/').at(-1) ?? dnsNames[0] ?? 'unnamed'
}

function alternativeNames({ spiffeId, dnsNames = [] }: CertificateNames): x509.JsonGeneralNames {
  return [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...(spiffeId === undefined ? [] : [{ type: 'url' as const, value: spiffeId }]),
  ]
}
