import { algorithm, importPrivateKey, importPublicKey } from './x509'
import * as x509 from '@peculiar/x509'
import { Never } from '@k8or/outcome'
import { publicKeyOf } from './keys'

/** A PKCS#10 request for a private key, PEM. It names nobody: names come from the mesh. */
export async function createRequest(key: string): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=k8or',
    keys: { privateKey: await importPrivateKey(key), publicKey: await importPublicKey(publicKeyOf(key)) },
    signingAlgorithm: algorithm,
  })
  return request.toString('pem')
}

/**
 * The public key of a request whose sender holds the private one, PEM; nothing else of a request counts.
 * @throws Never when it is no request, or signed by another key
 */
export async function publicKeyOfRequest(pem: string): Promise<string> {
  const request = parse(pem)
  const { name, namedCurve } = request.publicKey.algorithm as { name: string; namedCurve?: string }
  if (name !== 'ECDSA' || namedCurve !== 'P-256') throw new Never('the certificate request has no ECDSA P-256 key')
  if (!(await request.verify())) throw new Never('the certificate request is not signed by its own key')
  return request.publicKey.toString('pem')
}

function parse(pem: string): x509.Pkcs10CertificateRequest {
  try {
    return new x509.Pkcs10CertificateRequest(pem)
  } catch (cause) {
    throw new Never('not a certificate request in PEM form', { cause })
  }
}
