import { X509Certificate, createPrivateKey } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createKey } from './keys'

/** Writes a file as a whole or not at all, readable by its owner alone. */
export function writePrivateFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(`${path}.new`, content, { mode: 0o600 })
  chmodSync(`${path}.new`, 0o600)
  renameSync(`${path}.new`, path)
}

/** The files `tls.key` and `tls.crt` of a folder. The key stays when the certificate is renewed, so that they always fit. */
export class CertificateFiles {
  constructor(readonly dir: string) {}

  /** The key, made when there is none: a join that was broken off goes on with the same one. */
  key(): string {
    const path = join(this.dir, 'tls.key')
    if (!existsSync(path)) writePrivateFile(path, createKey())
    return readFileSync(path, 'utf8')
  }

  /** The certificate, unless there is none or it is not the key's. */
  certificate(): string | undefined {
    const path = join(this.dir, 'tls.crt')
    if (!existsSync(path)) return undefined
    const pem = readFileSync(path, 'utf8')
    return new X509Certificate(pem).checkPrivateKey(createPrivateKey(this.key())) ? pem : undefined
  }

  store(certificate: string): void {
    writePrivateFile(join(this.dir, 'tls.crt'), certificate)
  }
}

/** From when to when a certificate is good. */
export function validityOf(pem: string): { readonly from: Date; readonly until: Date } {
  const { validFrom, validTo } = new X509Certificate(pem)
  return { from: new Date(validFrom), until: new Date(validTo) }
}

/** Whether a certificate was issued by an authority and is good now. */
export function isGood(pem: string, ca: string, now: Date): boolean {
  const certificate = new X509Certificate(pem)
  const { from, until } = validityOf(pem)
  return certificate.verify(new X509Certificate(ca).publicKey) && from <= now && now < until
}
