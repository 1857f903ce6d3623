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

authorization {
  users = [
${usersOf(options).join('\n')}
  ]
}
`
}

/** The text of the file that holds the key of the store: keep it to those who run the server. */
export function natsStoreKey(key: string): string {
  return `K8OR_STORE_KEY: ${quote(key)}\n`
}

function usersOf({ trustDomain, withRig = false }: NatsConfigOptions): string[] {
  const all: Permissions = { publish: ['>'], subscribe: ['>'] }
  const users = [...allPermissions()].map(([service, permissions]) => user(trustDomain, service, permissions))
  const provisioner: Permissions = {
    publish: ['$JS.API.>'],
    subscribe: ['_INBOX.bootstrap.>'],
  }
  return [...users, user(trustDomain, 'bootstrap', provisioner), ...(withRig ? [user(trustDomain, 'rig', all)] : [])]
}

function user(trustDomain: string, name: string, { publish, subscribe }: Permissions): string {
  return `    {
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
