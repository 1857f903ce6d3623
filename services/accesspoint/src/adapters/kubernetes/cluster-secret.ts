import { holdsPem, hubCluster, tokenProblem, withoutPassword } from '@k8or/contracts'
import { z } from 'zod'
import type { ClusterEntry } from '../../domain/routing/clusters'
import { trimServer } from '../../domain/routing/clusters'
import { digestOf, type ClusterCredentials } from './credentials'
import type { DeclaredSecret } from './declared-secret'

const longestShown = 200

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

/** A cluster Secret that can not be read: which, which field of it, and what to do. Never shows a value of its config. */
export class BadClusterSecretError extends Error {
  readonly secret: string
  /** The cluster as far as the Secret names it. */
  readonly declared: { readonly name: string; readonly server: string }

  constructor(
    { name, data }: Pick<DeclaredSecret, 'name' | 'data'>,
    readonly field: string,
    problem: string,
  ) {
    super(`cluster Secret ${name}: ${field} ${problem}; correct it, or delete the Secret`)
    this.name = 'BadClusterSecretError'
    this.secret = name
    this.declared = { name: data['name'] ?? '', server: data['server'] ?? '' }
  }
}

/** Ways to a cluster that Argo CD knows and the mesh does not yet. */
const notYet = ['awsAuthConfig', 'execProviderConfig', 'proxyUrl']

/**
 * Reads one of Argo CD's cluster Secrets.
 * @throws BadClusterSecretError
 */
export function readClusterSecret(secret: DeclaredSecret): DeclaredCluster {
  const { name = '', server = '', namespaces = '', clusterResources, project = '' } = secret.data
  checkServer(secret, server)
  if (name === hubCluster.name && trimServer(server) !== hubCluster.server)
    throw new BadClusterSecretError(secret, 'name', `is that of the hub: name no other cluster ${name}`)
  const config = readConfig(secret)
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

function checkServer(secret: DeclaredSecret, server: string): void {
  const shown = withoutPassword(server).slice(0, longestShown)
  if (!server.startsWith('https://'))
    throw new BadClusterSecretError(secret, 'server', `must begin with https://, but is '${shown}'`)
  const url = URL.canParse(server) ? new URL(server) : undefined
  const isPlain = url && `${url.username}${url.password}${url.search}${url.hash}` === ''
  if (!isPlain)
    throw new BadClusterSecretError(secret, 'server', `is no address: write https://<host>:<port>, not '${shown}'`)
}

function credentialsOf(server: string, config: z.infer<typeof Config>): ClusterCredentials {
  const tls = tlsOf(config)
  const authorization = authorizationOf(config)
  const digest = digestOf(server, tls, authorization)
  return { server, tls, authorization: () => Promise.resolve(authorization), digest }
}

function readConfig(secret: DeclaredSecret): z.infer<typeof Config> {
  const parsed = Config.safeParse(parseJson(secret))
  const issue = parsed.error?.issues[0]
  if (issue)
    throw new BadClusterSecretError(
      secret,
      ['config', ...issue.path.map(String)].join('.'),
      `can not be read: ${issue.message}`,
    )
  const config = parsed.data ?? Config.parse({})
  checkCredentials(secret, config)
  const missing = notYet.find((field) => config[field] !== undefined && config[field] !== '')
  if (missing === undefined) return config
  throw new BadClusterSecretError(
    secret,
    `config.${missing}`,
    'is not supported: use a bearerToken or a client certificate',
  )
}

/** What could not be sent is told here, by its field, and not by a connection that fails. */
function checkCredentials(secret: DeclaredSecret, { bearerToken, tlsClientConfig: tls }: z.infer<typeof Config>): void {
  const wrong = (field: string, problem: string) => new BadClusterSecretError(secret, `config.${field}`, problem)
  const problem = tokenProblem(bearerToken)
  if (problem !== undefined) throw wrong('bearerToken', problem)
  for (const [field, kind] of pems)
    if (tls[field] !== '' && !holdsPem(decode(tls[field]), kind))
      throw wrong(`tlsClientConfig.${field}`, `is no PEM in base64 that holds a ${kind}`)
  if ((tls.certData === '') === (tls.keyData === '')) return
  const [given, lacking] = tls.certData === '' ? ['keyData', 'certData'] : ['certData', 'keyData']
  throw wrong(`tlsClientConfig.${lacking}`, `is missing, though ${given} is given`)
}

const pems = [
  ['caData', 'CERTIFICATE'],
  ['certData', 'CERTIFICATE'],
  ['keyData', 'PRIVATE KEY'],
] as const

function parseJson(secret: DeclaredSecret): unknown {
  try {
    return JSON.parse(secret.data['config'] ?? '{}')
  } catch {
    // The parser's message would show a part of what may be a credential.
    throw new BadClusterSecretError(secret, 'config', 'is not JSON')
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
