import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const Environment = z.object({
  K8OR_STATE_DIR: z.string().min(1).optional(),
  K8OR_REDIS_URL: z.url().default('rediss://localhost:6379'),
  K8OR_CONTROL_NAMESPACE: z.string().min(1).default('argocd'),
  K8OR_INSTALLATION: z.string().min(1).default('k8or'),
  K8OR_SYNC_CONCURRENCY: z.coerce.number().int().positive().default(16),
  K8OR_APPLY_CONCURRENCY: z.coerce.number().int().positive().default(8),
  K8OR_LEASE_TTL_MS: z.coerce.number().int().min(1000).default(6000),
  K8OR_FULL_PASS_INTERVAL_MS: z.coerce.number().int().positive().default(180_000),
  K8OR_MASS_PRUNE_OBJECTS: z.coerce.number().int().nonnegative().default(10),
  K8OR_MASS_PRUNE_SHARE: z.coerce.number().min(0).max(1).default(0.5),
  K8OR_DESIRED_CACHE_OBJECTS: z.coerce.number().int().positive().default(5000),
})

/** Settings of SyncMaster. */
export interface Config {
  readonly redisUrl: string
  /** Where the settings of the hub live; Applications of other namespaces carry theirs in their instance name. */
  readonly controlNamespace: string
  /** Who we are, for the claim on an Application. */
  readonly installation: string
  /** Tells this replica from the others. */
  readonly holder: string
  /** Where a replica keeps who it is; without it, it is another one after a restart. */
  readonly incarnationFile: string | undefined
  /** How many applications are looked at side by side. */
  readonly concurrency: number
  /** How many objects of one application are applied side by side. */
  readonly applyConcurrency: number
  readonly leaseTtlMs: number
  /** Within this time every application is looked at, though nothing happened. */
  readonly fullPassIntervalMs: number
  readonly massChange: { readonly objects: number; readonly share: number }
  readonly desiredCacheObjects: number
}

/** Reads the settings from the environment; all problems are reported together. */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const read = Environment.parse(environment)
  return {
    redisUrl: read.K8OR_REDIS_URL,
    controlNamespace: read.K8OR_CONTROL_NAMESPACE,
    installation: read.K8OR_INSTALLATION,
    holder: `${hostname()}-${String(process.pid)}-${Date.now().toString(36)}`,
    incarnationFile: read.K8OR_STATE_DIR && join(read.K8OR_STATE_DIR, 'syncmaster', 'incarnation.json'),
    concurrency: read.K8OR_SYNC_CONCURRENCY,
    applyConcurrency: read.K8OR_APPLY_CONCURRENCY,
    leaseTtlMs: read.K8OR_LEASE_TTL_MS,
    fullPassIntervalMs: read.K8OR_FULL_PASS_INTERVAL_MS,
    massChange: { objects: read.K8OR_MASS_PRUNE_OBJECTS, share: read.K8OR_MASS_PRUNE_SHARE },
    desiredCacheObjects: read.K8OR_DESIRED_CACHE_OBJECTS,
  }
}
