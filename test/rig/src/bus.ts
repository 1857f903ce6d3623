import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceName } from '@k8or/contracts'
import { hostNamesOf, type Identity } from '@k8or/identity'
import { natsConfig, natsStoreKey, provisionBus } from '@k8or/jetstream'
import { TestAuthority, type KeyedCertificate } from './certificates'
import { freePort } from './free-port'
import { startNats } from './nats'
import type { ManagedProcess } from './process/managed-process'

const trustDomain = 'k8or.mesh'

/** A real NATS with the mesh's own configuration: mTLS, encryption at rest, rights by contract, all streams. */
export interface TestBus {
  readonly url: string
  readonly process: ManagedProcess
  readonly ca: string
  /** The identity of a service; each call issues a new certificate. */
  identity(service: ServiceName): Promise<Identity>
  /** A certificate for any user, such as `rig`, who may do anything. */
  issue(user: string): Promise<KeyedCertificate>
  /** Provisions once more, as an upgrade does. */
  provision(): Promise<void>
  stop(): Promise<void>
}

/** Starts such a NATS in a directory. */
export async function startTestBus(dir: string, options: { bin?: string } = {}): Promise<TestBus> {
  const authority = await TestAuthority.create()
  const port = await freePort()
  const configPath = await writeConfig(dir, authority, port)
  const process = await startNats({ dir, configPath, port, ...options })
  const url = `tls://localhost:${port}`
  const issue = (user: string) => authority.issue({ subject: `CN=${user}`, uris: [spiffeId(user)] })
  const provision = async () => provisionBus({ url, tls: { ca: authority.ca, ...(await issue('bootstrap')) } })
  await provision()
  const identity = async (service: ServiceName): Promise<Identity> => {
    const subject = `CN=${service}`
    const keyed = await authority.issue({ subject, uris: [spiffeId(service)], dnsNames: hostNamesOf(service) })
    return {
      service,
      spiffeId: spiffeId(service),
      ca: authority.ca,
      current: () => keyed,
      onRenewal: () => () => undefined,
    }
  }
  return { url, process, ca: authority.ca, identity, issue, provision, stop: () => process.stop() }
}

async function writeConfig(dir: string, authority: TestAuthority, port: number): Promise<string> {
  mkdirSync(dir, { recursive: true })
  const server = await authority.issue({ subject: 'CN=nats', dnsNames: ['localhost'], ips: ['127.0.0.1'] })
  const write = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text, { mode: 0o600 })
    return join(dir, name)
  }
  write('store-key.conf', natsStoreKey('a key of the rig'))
  const config = natsConfig({
    trustDomain,
    listen: `127.0.0.1:${port}`,
    storeDir: join(dir, 'data'),
    tls: {
      ca: write('ca.crt', authority.ca),
      cert: write('nats.crt', server.cert),
      key: write('nats.key', server.key),
    },
    storeKeyFile: 'store-key.conf',
    withRig: true,
  })
  return write('nats.conf', config)
}

function spiffeId(user: string): string {
  return `spiffe://${trustDomain}/svc/${user}`
}
