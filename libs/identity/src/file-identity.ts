import { CertificateFiles, isGood } from './certificate-files'
import { createRequest } from './certificate-request'
import { renewingIdentity, type IdentityLog, type RenewingIdentity } from './renewing-identity'

/** How an identity is kept in a folder and renewed. */
export interface FileIdentityOptions {
  /** Holds `tls.crt` and `tls.key`. */
  readonly dir: string
  /** PEM. */
  readonly ca: string
  /** Answers a certificate for a request; PEM both. AccessPoint signs its own. */
  readonly sign: (request: string) => Promise<string>
  readonly log?: IdentityLog
}

/** The identity that a folder holds; undefined when there is none that is good. */
export function fileIdentity(options: FileIdentityOptions): RenewingIdentity | undefined {
  const files = new CertificateFiles(options.dir)
  const certificate = files.certificate()
  if (certificate === undefined || !isGood(certificate, options.ca, new Date())) return undefined
  return renewing(certificate, files, options)
}

/** The identity of a folder, or else a new one for the key that is there. */
export async function obtainIdentity(options: FileIdentityOptions): Promise<RenewingIdentity> {
  const known = fileIdentity(options)
  if (known) return known
  const files = new CertificateFiles(options.dir)
  const certificate = await options.sign(await createRequest(files.key()))
  files.store(certificate)
  return renewing(certificate, files, options)
}

function renewing(certificate: string, files: CertificateFiles, options: FileIdentityOptions): RenewingIdentity {
  const { ca, sign, log } = options
  const again = async () => sign(await createRequest(files.key()))
  return renewingIdentity(certificate, { ca, files, sign: again, ...(log ? { log } : {}) })
}
