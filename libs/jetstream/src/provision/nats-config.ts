import type { ServiceName } from '@k8or/contracts'
import { apiPrefix, serverApiPrefix } from '../connection/api-prefix'
import { sharesOf, type Share } from './accounts'
import { allPermissions, type Permissions } from './permissions'

/** What the configuration of nats-server depends on. Paths are read by the server. */
export interface NatsConfigOptions {
  readonly trustDomain: string
  /** `<host>:<port>` */
  readonly listen: string
  readonly storeDir: string
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string }
  /** A file with the text of `natsStoreKey`, the key under which streams are encrypted; relative to the configuration file. */
  readonly storeKeyFile: string
  /** Writes reach the disk before they are acknowledged (`ha`), instead of within two minutes. */
  readonly syncAlways?: boolean
  readonly maxStoreBytes?: number
  /** Adds the user `rig`, who may do anything: for tests that play a stranger to the contracts. */
  readonly withRig?: boolean
}

const maxPayloadBytes = 8 * 1024 * 1024
const defaultStoreBytes = 16 * 1024 * 1024 * 1024

/** The name under which `k8or bootstrap` provisions the bus. */
export function provisionerId(trustDomain: string): string {
  return `spiffe://${trustDomain}/svc/bootstrap`
}

/** The text of nats-server's configuration: TLS and a certificate for everybody, rights from the contracts alone. */
export function natsConfig(options: NatsConfigOptions): string {
  const { listen, storeDir, tls, storeKeyFile, syncAlways = false, maxStoreBytes = defaultStoreBytes } = options
  return `# Made by k8or from its contracts; changes are overwritten.
listen: ${quote(listen)}
server_name: k8or
max_payload: ${maxPayloadBytes}
include ${quote(storeKeyFile)}

tls {
  ca_file: ${quote(tls.ca)}
  cert_file: ${quote(tls.cert)}
  key_file: ${quote(tls.key)}
  verify_and_map: true
  timeout: 5
}

jetstream {
  store_dir: ${quote(storeDir)}
  max_file: ${maxStoreBytes}
  cipher: aes
  key: $K8OR_STORE_KEY
  sync_interval: ${syncAlways ? 'always' : '"2m"'}
}

${accountsOf(options)}
`
}

/** The text of the file that holds the key of the store: keep it to those who run the server. */
export function natsStoreKey(key: string): string {
  return `K8OR_STORE_KEY: ${quote(key)}\n`
}

const mesh = 'MESH'

/**
 * One account holds the streams, every service has its own: an account is a room of subjects. What the server answers goes
 * back into the asking account, so nobody can have it answer on a subject of somebody else.
 */
function accountsOf({ trustDomain, withRig = false }: NatsConfigOptions): string {
  const permissions = allPermissions()
  const shares = sharesOf(permissions)
  const provisioner: Permissions = { publish: ['$JS.API.>'], subscribe: ['_INBOX.bootstrap.>'] }
  const rig: Permissions = { publish: ['>'], subscribe: ['>'] }
  const users = [user(trustDomain, 'bootstrap', provisioner), ...(withRig ? [user(trustDomain, 'rig', rig)] : [])]
  return `accounts {
  ${mesh} {
    jetstream: enabled
    users = [
${users.join('\n')}
    ]
    exports = [
${shares.map(exported).join('\n')}
    ]
  }
${[...permissions].map(([service, own]) => serviceAccount(trustDomain, service, own, shares)).join('\n')}
}`
}

function serviceAccount(trustDomain: string, service: ServiceName, own: Permissions, shares: readonly Share[]): string {
  const imports = shares.filter(({ services }) => services.includes(service)).map(imported)
  return `  ${service} {
    users = [
${user(trustDomain, service, own)}
    ]
    imports = [
${imports.join('\n')}
    ]
  }`
}

function exported({ subject, services, kind }: Share): string {
  const what = kind === 'hear' ? 'stream' : 'service'
  const response = kind === 'answers' ? ', response_type: stream' : ''
  return `      { ${what}: ${quote(ofMesh(subject))}${response}, accounts: [${services.join(', ')}] }`
}

function imported({ subject, kind }: Share): string {
  const what = kind === 'hear' ? 'stream' : 'service'
  const to = ofMesh(subject) === subject ? '' : `, to: ${quote(subject)}`
  return `      { ${what}: { account: ${mesh}, subject: ${quote(ofMesh(subject))} }${to} }`
}

/** What a subject of a service's account is called in the account of the mesh. */
function ofMesh(subject: string): string {
  return subject.startsWith(`${apiPrefix}.`) ? serverApiPrefix + subject.slice(apiPrefix.length) : subject
}

function user(trustDomain: string, name: string, { publish, subscribe }: Permissions): string {
  return `      {
        user: ${quote(`spiffe://${trustDomain}/svc/${name}`)}
        permissions {
          publish { allow: [${publish.map(quote).join(', ')}] }
          subscribe { allow: [${subscribe.map(quote).join(', ')}] }
        }
      }`
}

function quote(text: string): string {
  return JSON.stringify(text)
}
