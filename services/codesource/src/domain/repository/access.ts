import type { Message } from '@bufbuild/protobuf'
import { holdsPem, tokenProblem } from '@k8or/contracts'
import type { GetRepositoryResponse } from '@k8or/contracts/rpc/accesspoint/v1/settings'
import { RepositoryError, type Remote } from './remote'

/** What it takes to read a repository, as AccessPoint answers it; what is empty is not needed. */
export type RepositoryAccess = Omit<GetRepositoryResponse, keyof Message>

/** A public repository. */
export const noAccess: RepositoryAccess = {
  username: '',
  password: '',
  bearerToken: '',
  sshPrivateKey: '',
  knownHosts: '',
  tlsCa: '',
  tlsClientCert: '',
  tlsClientKey: '',
  insecure: false,
  insecureIgnoreHostKey: false,
  proxy: '',
  noProxy: '',
}

/** What each credential must hold to be one, and the field of the Secret that declares it. */
const pems = [
  ['tlsClientCert', 'tlsClientCertData', 'CERTIFICATE'],
  ['tlsClientKey', 'tlsClientCertKey', 'PRIVATE KEY'],
  ['sshPrivateKey', 'sshPrivateKey', 'PRIVATE KEY'],
] as const
const proxies = new Set(['http:', 'https:', 'socks4:', 'socks4a:', 'socks5:', 'socks5h:'])

/**
 * Checks credentials for what no host would ever be told by them: git and ssh would speak of files that nobody knows.
 * @throws RepositoryError
 */
export function checkAccess({ url }: Pick<Remote, 'url'>, access: RepositoryAccess): void {
  const wrong = (
    field: string,
    why: string,
    where = 'its Secret labelled argocd.argoproj.io/secret-type=repository',
  ) => {
    const message = `credentials of repository ${url} can not be used: ${field} ${why}; correct ${where}`
    return new RepositoryError({ reason: 'RepositoryCredentialsInvalid', message, field: 'repoURL' }, false)
  }
  const problem = tokenProblem(access.bearerToken)
  if (problem !== undefined) throw wrong('bearerToken', problem)
  for (const [name, field, kind] of pems)
    if (access[name] !== '' && !holdsPem(access[name], kind)) throw wrong(field, `is no PEM that holds a ${kind}`)
  if ((access.tlsClientCert === '') !== (access.tlsClientKey === ''))
    throw wrong(access.tlsClientCert === '' ? 'tlsClientCertData' : 'tlsClientCertKey', 'is missing')
  if (access.tlsCa !== '' && !holdsPem(access.tlsCa, 'CERTIFICATE'))
    throw wrong('the authority of its host', 'is no PEM that holds a CERTIFICATE', 'argocd-tls-certs-cm')
  if (access.proxy !== '' && !isProxy(access.proxy)) throw wrong('proxy', 'is no address: write http://<host>:<port>')
}

function isProxy(text: string): boolean {
  return URL.canParse(text) && proxies.has(new URL(text).protocol) && new URL(text).hostname !== ''
}
