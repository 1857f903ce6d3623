import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { services } from '@k8or/contracts'
import {
  CertificateFiles,
  createAuthority,
  createRequest,
  hostNamesOf,
  issue,
  publicKeyOfRequest,
  spiffeIdOf,
  writePrivateFile,
  type Authority,
  type CertificateNames,
} from '@k8or/identity'
import { natsConfig, natsStoreKey } from '@k8or/jetstream'
import { trustFiles, type BootstrapConfig } from './config'

/** Certificates of servers that do not renew them: each bootstrap issues new ones. */
const serverCertificateMs = 400 * 86_400_000

/**
 * Makes the authority, the certificates of NATS, Redis and AccessPoint, the configuration of NATS and the tokens by which
 * services join. Needs no bus. What is there stays, save the certificates and the configuration, which are made anew.
 */
export async function bootstrapPki(config: BootstrapConfig): Promise<void> {
  const { stateDir, trustDomain, hostNames } = config
  const files = trustFiles(stateDir)
  const authority = await openAuthority(stateDir, trustDomain)
  await certify(authority, files.natsDir, { dnsNames: dnsNames('nats', hostNames.nats) })
  await certify(authority, files.redisDir, { dnsNames: dnsNames('redis', hostNames.redis) })
  const names = { spiffeId: spiffeIdOf(trustDomain, 'accesspoint'), dnsNames: hostNamesOf('accesspoint') }
  await certify(authority, files.accessPointDir, names)
  writeNatsConfig(files, config)
  keepSecret(files.peopleToken)
  for (const service of services.filter((name) => name !== 'accesspoint')) keepSecret(files.joinToken(service))
}

/** The authority of a state directory, made when there is none. */
export async function openAuthority(stateDir: string, trustDomain: string): Promise<Authority> {
  const { ca, caKey } = trustFiles(stateDir)
  if (existsSync(caKey)) return { trustDomain, ca: readFileSync(ca, 'utf8'), key: readFileSync(caKey, 'utf8') }
  const made = await createAuthority({ trustDomain })
  writePrivateFile(ca, made.ca)
  writePrivateFile(caKey, made.key)
  return made
}

async function certify(authority: Authority, dir: string, names: CertificateNames): Promise<void> {
  const files = new CertificateFiles(dir)
  const publicKey = await publicKeyOfRequest(await createRequest(files.key()))
  files.store(await issue(authority, { ...names, publicKey, validForMs: serverCertificateMs }))
}

function dnsNames(...names: string[]): string[] {
  return [...new Set(['localhost', ...names])]
}

function writeNatsConfig(
  { natsDir, ca }: ReturnType<typeof trustFiles>,
  { trustDomain, natsListen, natsStoreDir }: BootstrapConfig,
): void {
  const storeKeyFile = 'store-key.conf'
  const storeKeyPath = join(natsDir, storeKeyFile)
  if (!existsSync(storeKeyPath)) writePrivateFile(storeKeyPath, natsStoreKey(randomBytes(32).toString('hex')))
  const config = natsConfig({
    trustDomain,
    listen: natsListen,
    storeDir: natsStoreDir,
    tls: { ca, cert: join(natsDir, 'tls.crt'), key: join(natsDir, 'tls.key') },
    storeKeyFile,
  })
  writePrivateFile(join(natsDir, 'nats.conf'), config)
}

function keepSecret(path: string): void {
  if (!existsSync(path)) writePrivateFile(path, randomBytes(32).toString('hex'))
}
