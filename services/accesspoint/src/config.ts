import { z } from 'zod'
import type { ServiceAccounts } from './domain/certificate/service-of-account'

const number = z.coerce.number().int().positive()

const Environment = z.object({
  K8OR_STATE_DIR: z.string().min(1),
  K8OR_TRUST_DOMAIN: z.string().default('k8or.mesh'),
  K8OR_CONTROL_NAMESPACE: z.string().default('argocd'),
  K8OR_HUB_KUBECONFIG: z.string().min(1).optional(),
  K8OR_JOIN_SERVICE_ACCOUNTS: z
    .string()
    .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'expected <namespace>/<prefix of the names>')
    .optional(),
  K8OR_ACCESSPOINT_LISTEN: z.string().min(1),
  K8OR_ACCESSPOINT_PEOPLE_LISTEN: z.string().min(1),
  K8OR_AUDIT_MAX_BYTES: number.default(256 << 20),
  K8OR_POLICY_GRACE_MS: z.coerce.number().int().nonnegative().default(10_000),
})

/** Settings of AccessPoint. */
export interface Config {
  readonly stateDir: string
  readonly trustDomain: string
  readonly controlNamespace: string
  /** Absent in a cluster: the pod's service account it is then. */
  readonly hubKubeconfig: string | undefined
  /** Service accounts of the hub whose tokens let services join, `<prefix>-<service>`; absent: none do. */
  readonly joinAccounts?: ServiceAccounts
  /** `<host>:<port>` of the listener for services. */
  readonly meshListen: string
  /** `<host>:<port>` of the listener for people. */
  readonly peopleListen: string
  /** Room for access records that wait to be shipped; when it is full, calls are refused. */
  readonly auditMaxBytes: number
  /** How long the declarations on the hub count after they can no longer be read. */
  readonly policyGraceMs: number
}

/** Reads the settings from the environment; all problems are reported together. */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const read = Environment.parse(environment)
  return {
    stateDir: read.K8OR_STATE_DIR,
    trustDomain: read.K8OR_TRUST_DOMAIN,
    controlNamespace: read.K8OR_CONTROL_NAMESPACE,
    hubKubeconfig: read.K8OR_HUB_KUBECONFIG,
    ...accountsOf(read.K8OR_JOIN_SERVICE_ACCOUNTS),
    meshListen: read.K8OR_ACCESSPOINT_LISTEN,
    peopleListen: read.K8OR_ACCESSPOINT_PEOPLE_LISTEN,
    auditMaxBytes: read.K8OR_AUDIT_MAX_BYTES,
    policyGraceMs: read.K8OR_POLICY_GRACE_MS,
  }
}

function accountsOf(text: string | undefined): Pick<Config, 'joinAccounts'> {
  const [namespace = '', prefix = ''] = text?.split('/') ?? []
  return text === undefined ? {} : { joinAccounts: { namespace, prefix } }
}
