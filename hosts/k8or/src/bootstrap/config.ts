import { join } from 'node:path'
import { z } from 'zod'

const Environment = z.object({
  K8OR_STATE_DIR: z.string().min(1),
  K8OR_NATS_URL: z.url(),
  K8OR_TRUST_DOMAIN: z.string().default('k8or.mesh'),
  K8OR_NATS_LISTEN: z.string().min(1).optional(),
  K8OR_NATS_STORE_DIR: z.string().min(1).optional(),
  K8OR_REDIS_URL: z.url().optional(),
  K8OR_BOOTSTRAP_SECRETS: z
    .string()
    .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'expected <namespace>/<prefix of the names>')
    .optional(),
  K8OR_HUB_KUBECONFIG: z.string().min(1).optional(),
})

/** Where bootstrap puts what the mesh starts from. */
export interface BootstrapConfig {
  readonly stateDir: string
  readonly natsUrl: string
  readonly trustDomain: string
  /** `<host>:<port>` of NATS; the loopback, unless something else is set. */
  readonly natsListen: string
  /** Where NATS keeps its streams. */
  readonly natsStoreDir: string
  /** Under which names the certificates of the servers are good, besides those of a machine of one's own. */
  readonly hostNames: { readonly nats: string; readonly redis: string }
  /** Where a cluster keeps what is made; absent on one's own machine, where files are enough. */
  readonly secrets: SecretsConfig | undefined
}

/** Secrets `<prefix>-<name>` of one namespace. */
export interface SecretsConfig {
  readonly namespace: string
  readonly prefix: string
  /** Absent in a cluster: the pod's service account it is then. */
  readonly hubKubeconfig: string | undefined
}

/** Reads the settings of bootstrap. */
export function loadBootstrapConfig(environment: NodeJS.ProcessEnv = process.env): BootstrapConfig {
  const read = Environment.parse(environment)
  const natsUrl = new URL(read.K8OR_NATS_URL)
  return {
    stateDir: read.K8OR_STATE_DIR,
    natsUrl: read.K8OR_NATS_URL,
    trustDomain: read.K8OR_TRUST_DOMAIN,
    natsListen: read.K8OR_NATS_LISTEN ?? `127.0.0.1:${natsUrl.port}`,
    natsStoreDir: read.K8OR_NATS_STORE_DIR ?? join(read.K8OR_STATE_DIR, 'nats/data'),
    hostNames: { nats: natsUrl.hostname, redis: hostOf(read.K8OR_REDIS_URL) },
    secrets: secretsOf(read.K8OR_BOOTSTRAP_SECRETS, read.K8OR_HUB_KUBECONFIG),
  }
}

function hostOf(url: string | undefined): string {
  return url === undefined ? 'redis' : new URL(url).hostname
}

function secretsOf(text: string | undefined, hubKubeconfig: string | undefined): SecretsConfig | undefined {
  const [namespace = '', prefix = ''] = text?.split('/') ?? []
  return text === undefined ? undefined : { namespace, prefix, hubKubeconfig }
}

/** The files of the mesh's trust below its state directory. */
export function trustFiles(stateDir: string) {
  const at = (path: string) => join(stateDir, path)
  return {
    ca: at('ca.crt'),
    caKey: at('ca/ca.key'),
    natsDir: at('nats'),
    redisDir: at('redis'),
    accessPointDir: at('accesspoint'),
    peopleToken: at('people/token'),
    joinToken: (service: string) => at(`join/${service}.token`),
  }
}
