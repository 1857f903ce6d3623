import type { RequestOptions } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node'
import { digestOf, type ClusterCredentials } from './credentials'

/** A token of a plug-in may run out: it is asked for again this often. */
const askedAgainAfterMs = 30_000

/**
 * The credentials for the hub: of a kubeconfig's current context, or of the pod's service account when no file is given.
 * Any form that kubectl takes, plug-ins included.
 */
export async function hubCredentials(kubeconfig: string | undefined): Promise<ClusterCredentials> {
  const config = load(kubeconfig)
  const cluster = config.getCurrentCluster()
  if (!cluster) throw new Error(`${kubeconfig ?? 'the service account'} names no cluster: set its current context`)
  const options = await readOptions(config)
  const server = cluster.server.replace(/\/+$/, '')
  const tls = {
    ...textOf('ca', options.ca),
    ...textOf('cert', options.cert),
    ...textOf('key', options.key),
    ...(cluster.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
    rejectUnauthorized: !cluster.skipTLSVerify,
  }
  return { server, tls, authorization: authorizationOf(config, options), digest: digestOf(server, tls) }
}

function load(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig()
  try {
    if (kubeconfig === undefined) config.loadFromCluster()
    else config.loadFromFile(kubeconfig)
    return config
  } catch (cause) {
    const where = kubeconfig ?? "the pod's service account"
    throw new Error(`the hub's credentials can not be read from ${where}; name a kubeconfig in K8OR_HUB_KUBECONFIG`, {
      cause,
    })
  }
}

async function readOptions(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  return options
}

function authorizationOf(config: KubeConfig, first: RequestOptions): () => Promise<string | undefined> {
  let known = { value: headerOf(first), readAt: Date.now() }
  if (known.value === undefined) return () => Promise.resolve(undefined)
  return async () => {
    if (Date.now() - known.readAt > askedAgainAfterMs)
      known = { value: headerOf(await readOptions(config)), readAt: Date.now() }
    return known.value
  }
}

function headerOf({ headers, auth }: RequestOptions): string | undefined {
  const value = (headers as Record<string, string | undefined> | undefined)?.['Authorization']
  if (value !== undefined) return value
  return auth ? `Basic ${Buffer.from(auth).toString('base64')}` : undefined
}

function textOf(name: 'ca' | 'cert' | 'key', value: unknown): Record<string, string> {
  if (typeof value === 'string') return { [name]: value }
  return Buffer.isBuffer(value) ? { [name]: value.toString('utf8') } : {}
}
