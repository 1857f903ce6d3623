import { join } from 'node:path'
import { z } from 'zod'

const Environment = z.object({
  K8OR_STATE_DIR: z.string().min(1),
  K8OR_NATS_URL: z.url(),
  K8OR_TRUST_DOMAIN: z.string().default('k8or.mesh'),
})

/** Where bootstrap puts what the mesh starts from. */
export interface BootstrapConfig {
  readonly stateDir: string
  readonly natsUrl: string
  readonly trustDomain: string
}

/** Reads the settings of bootstrap. */
export function loadBootstrapConfig(environment: NodeJS.ProcessEnv = process.env): BootstrapConfig {
  const { K8OR_STATE_DIR, K8OR_NATS_URL, K8OR_TRUST_DOMAIN } = Environment.parse(environment)
  return { stateDir: K8OR_STATE_DIR, natsUrl: K8OR_NATS_URL, trustDomain: K8OR_TRUST_DOMAIN }
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
