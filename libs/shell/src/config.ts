import { join } from 'node:path'
import { services, type ServiceName } from '@k8or/contracts'
import { z } from 'zod'

const Environment = z.object({
  K8OR_STATE_DIR: z.string().min(1),
  K8OR_NATS_URL: z.url(),
  K8OR_TRUST_DOMAIN: z.string().default('k8or.mesh'),
  K8OR_FAULT_POINTS: z.string().optional(),
})

/** What every service needs to join the mesh, whatever it does. */
export interface ShellConfig {
  readonly stateDir: string
  readonly natsUrl: string
  readonly trustDomain: string
  /** Where points to be killed at are armed; only under test (ADR 0026). */
  readonly faultPoints: string | undefined
  /** `<host>:<port>` of the listener for other services. */
  readonly listen: string
  /** `<host>:<port>` of the plain listener for probes. */
  readonly probesListen: string
  /** Where each service is reached. */
  readonly urls: Readonly<Record<ServiceName, string>>
}

/** Reads what a service needs to join the mesh; all problems are reported together. */
export function loadShellConfig(name: ServiceName, environment: NodeJS.ProcessEnv = process.env): ShellConfig {
  const prefix = `K8OR_${name.toUpperCase()}`
  const urls = Object.fromEntries(services.map((service) => [`K8OR_${service.toUpperCase()}_URL`, z.url()]))
  const listeners = { [`${prefix}_LISTEN`]: z.string().min(1), [`${prefix}_PROBES_LISTEN`]: z.string().min(1) }
  const read = Environment.extend(listeners).extend(urls).parse(environment) as Record<string, string | undefined>
  const value = (key: string) => read[key] ?? ''
  const urlOf = (service: ServiceName) => value(`K8OR_${service.toUpperCase()}_URL`)
  return {
    stateDir: value('K8OR_STATE_DIR'),
    natsUrl: value('K8OR_NATS_URL'),
    trustDomain: value('K8OR_TRUST_DOMAIN'),
    faultPoints: read['K8OR_FAULT_POINTS'],
    listen: value(`${prefix}_LISTEN`),
    probesListen: value(`${prefix}_PROBES_LISTEN`),
    urls: Object.fromEntries(services.map((service) => [service, urlOf(service)])) as Record<ServiceName, string>,
  }
}

/** The folder of a service's certificate. AccessPoint's is made by bootstrap. */
export function identityDir(stateDir: string, name: ServiceName): string {
  return name === 'accesspoint' ? join(stateDir, name) : join(stateDir, name, 'identity')
}
