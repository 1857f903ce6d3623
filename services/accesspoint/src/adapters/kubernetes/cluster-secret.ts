import { z } from 'zod'
import type { ClusterEntry } from '../../domain/routing/clusters'
import { trimServer } from '../../domain/routing/clusters'
import { digestOf, type ClusterCredentials } from './credentials'
import type { DeclaredSecret } from './declared-secret'

const Config = z.looseObject({
  username: z.string().default(''),
  password: z.string().default(''),
  bearerToken: z.string().default(''),
  tlsClientConfig: z
    .looseObject({
      insecure: z.boolean().default(false),
      serverName: z.string().default(''),
      caData: z.string().default(''),
      certData: z.string().default(''),
      keyData: z.string().default(''),
    })
    .prefault({}),
})

/** A cluster as its Secret declares it. */
export interface DeclaredCluster {
  readonly entry: Omit<ClusterEntry, 'isHub'>
  readonly credentials: ClusterCredentials
}

/** Ways to a cluster that Argo CD knows and the mesh does not yet. */
const notYet = ['awsAuthConfig', 'execProviderConfig', 'proxyUrl']

/**
 * Reads one of Argo CD's cluster Secrets.
 * @throws Error that names the Secret and its field
 */
export function readClusterSecret(secret: DeclaredSecret): DeclaredCluster {
  const at = `cluster Secret ${secret.name}`
  const { name = '', server = '', namespaces = '', clusterResources, project = '' } = secret.data
  if (!/^https:\/\//.test(server)) throw new Error(`${at}: server must begin with https://, but is '${server}'`)
  const config = readConfig(secret.data['config'] ?? '{}', at)
  return {
    entry: {
      name: name === '' ? server : name,
      server: trimServer(server),
      labels: secret.labels,
      namespaces: namespaces.split(',').flatMap((one) => one.trim() || []),
      clusterResources: clusterResources === 'true',
      project,
    },
    credentials: credentialsOf(trimServer(server), config),
  }
}

function credentialsOf(server: string, config: z.infer<typeof Config>): ClusterCredentials {
  const tls = tlsOf(config)
  const authorization = authorizationOf(config)
  const digest = digestOf(server, tls, authorization)
  return { server, tls, authorization: () => Promise.resolve(authorization), digest }
}

function readConfig(text: string, at: string): z.infer<typeof Config> {
  const parsed = Config.safeParse(parseJson(text, at))
  if (!parsed.success) throw new Error(`${at}: config: ${z.prettifyError(parsed.error)}`)
  const missing = notYet.find((field) => parsed.data[field] !== undefined && parsed.data[field] !== '')
  if (missing !== undefined)
    throw new Error(`${at}: config.${missing} is not supported; use a token or a client certificate`)
  return parsed.data
}

function parseJson(text: string, at: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message would show a part of what may be a credential.
    throw new Error(`${at}: config is not JSON`)
  }
}

function tlsOf({ tlsClientConfig: tls }: z.infer<typeof Config>): ClusterCredentials['tls'] {
  return {
    ...(tls.caData === '' ? {} : { ca: decode(tls.caData) }),
    ...(tls.certData === '' ? {} : { cert: decode(tls.certData) }),
    ...(tls.keyData === '' ? {} : { key: decode(tls.keyData) }),
    ...(tls.serverName === '' ? {} : { servername: tls.serverName }),
    rejectUnauthorized: !tls.insecure,
  }
}

function authorizationOf({ bearerToken, username, password }: z.infer<typeof Config>): string | undefined {
  if (bearerToken !== '') return `Bearer ${bearerToken}`
  return username === '' ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}
