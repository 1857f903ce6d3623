import type { RepositoryAccess } from '../../domain/repository/access'
import type { Remote } from '../../domain/repository/remote'
import type { GitSetting } from './git-environment'
import type { SecretFiles } from './secret-files'

/** How git reaches a remote: settings and environment, for this command only. */
export interface Transport {
  readonly settings: readonly GitSetting[]
  readonly env: Readonly<Record<string, string>>
}

/** Turns credentials and the addresses that were checked into what git and ssh understand. */
export function transportTo(
  remote: Remote,
  access: RepositoryAccess,
  addresses: readonly string[],
  files: SecretFiles,
): Transport {
  return remote.protocol === 'ssh'
    ? overSsh(remote, access, addresses, files)
    : overHttp(remote, access, addresses, files)
}

function overHttp(
  remote: Remote,
  access: RepositoryAccess,
  addresses: readonly string[],
  files: SecretFiles,
): Transport {
  const settings: GitSetting[] = []
  const authorization = authorizationOf(remote, access)
  if (authorization !== undefined) settings.push(['http.extraHeader', `Authorization: ${authorization}`])
  if (access.insecure) settings.push(['http.sslVerify', 'false'])
  if (access.tlsCa !== '') settings.push(['http.sslCAInfo', files.path(access.tlsCa)])
  if (access.tlsClientCert !== '') settings.push(['http.sslCert', files.path(access.tlsClientCert)])
  if (access.tlsClientKey !== '') settings.push(['http.sslKey', files.path(access.tlsClientKey)])
  if (access.proxy !== '') settings.push(['http.proxy', access.proxy])
  else settings.push(['http.curloptResolve', resolved(remote, addresses)])
  return { settings, env: access.noProxy === '' ? {} : { no_proxy: access.noProxy } }
}

/** Git connects to what was checked, whatever the name resolves to a moment later. */
function resolved({ host, port }: Remote, addresses: readonly string[]): string {
  const list = addresses.map((address) => (address.includes(':') ? `[${address}]` : address))
  return `${host}:${port}:${list.join(',')}`
}

/** Sent with the first request: to be asked first costs a round trip. */
export function authorizationOf(remote: Remote, access: RepositoryAccess): string | undefined {
  if (access.bearerToken !== '') return `Bearer ${access.bearerToken}`
  const hasOwn = access.username !== '' || access.password !== ''
  const { username, password } = hasOwn ? access : remote
  if (username === '' && password === '') return undefined
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function overSsh(
  remote: Remote,
  access: RepositoryAccess,
  [address]: readonly string[],
  files: SecretFiles,
): Transport {
  const known = access.knownHosts === '' ? '/dev/null' : files.path(access.knownHosts)
  const options = [
    'BatchMode=yes',
    'ConnectTimeout=10',
    'ServerAliveInterval=10',
    'ServerAliveCountMax=2',
    'IdentitiesOnly=yes',
    'GlobalKnownHostsFile=/dev/null',
    'UpdateHostKeys=no',
    'CheckHostIP=no',
    `UserKnownHostsFile=${known}`,
    `StrictHostKeyChecking=${access.insecureIgnoreHostKey ? 'no' : 'yes'}`,
    `HostKeyAlias=${remote.port === 22 ? remote.host : `[${remote.host}]:${remote.port}`}`,
    ...(address === undefined ? [] : [`HostName=${address}`]),
  ]
  const key = access.sshPrivateKey === '' ? [] : ['-i', files.path(access.sshPrivateKey)]
  const command = ['ssh', '-F', '/dev/null', ...key, ...options.flatMap((option) => ['-o', option])]
  return { settings: [], env: { GIT_SSH_COMMAND: command.map(quote).join(' '), GIT_SSH_VARIANT: 'ssh' } }
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
