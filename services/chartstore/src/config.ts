import { z } from 'zod'

const Environment = z.object({
  K8OR_MAX_MANIFEST_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(10 << 20),
  K8OR_RENDER_CONCURRENCY: z.coerce.number().int().positive().default(32),
  K8OR_REDIS_URL: z.url().default('rediss://localhost:6379'),
  K8OR_RENDER_HOST: z.string().min(1).default('/usr/local/bin/render-host'),
  K8OR_RENDER_HOSTS: z.coerce.number().int().positive().default(2),
  K8OR_RENDER_TIMEOUT_MS: z.coerce.number().int().positive().default(10_000),
  K8OR_RENDER_IDLE_MS: z.coerce.number().int().positive().default(60_000),
  K8OR_MAX_RENDERED_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(16 << 20),
  K8OR_CONTROL_NAMESPACE: z.string().min(1).default('argocd'),
  K8OR_ADVANCE_INTERVAL_MS: z.coerce.number().int().positive().default(30_000),
  K8OR_REGISTRY_INTERVAL_MS: z.coerce.number().int().positive().default(120_000),
  K8OR_RELEASES_KEPT: z.coerce.number().int().nonnegative().default(10),
  K8OR_RETENTION_INTERVAL_MS: z.coerce.number().int().positive().default(3_600_000),
})

/** Settings of ChartStore. */
export interface Config {
  /** The files of one source together may not be larger. */
  readonly maxManifestBytes: number
  /** How many applications are considered at once. */
  readonly concurrency: number
  readonly redisUrl: string
  readonly renderHosts: RenderHostsConfig
  /** Applications of this namespace are named without it. */
  readonly controlNamespace: string
  /** After this long the records of applications that a push did not touch name its commit too. */
  readonly advanceIntervalMs: number
  /** How often registries are asked for the tags of images that policies name. */
  readonly registryIntervalMs: number
  /** How many releases of an application stay besides those that it runs or ran, and the newest. */
  readonly releasesKept: number
  /** How often what nobody needs any more is removed. */
  readonly retentionIntervalMs: number
}

/** The processes that render charts and kustomizations. */
export interface RenderHostsConfig {
  readonly program: string
  /** How many run at once; they are started when needed. */
  readonly count: number
  /** A render that takes longer is stopped. */
  readonly timeoutMs: number
  /** A host that had nothing to do for so long is stopped. */
  readonly idleMs: number
  /** What one source may render to. */
  readonly maxBytes: number
}

/** Reads the settings from the environment; all problems are reported together. */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const read = Environment.parse(environment)
  return {
    maxManifestBytes: read.K8OR_MAX_MANIFEST_BYTES,
    concurrency: read.K8OR_RENDER_CONCURRENCY,
    renderHosts: {
      program: read.K8OR_RENDER_HOST,
      count: read.K8OR_RENDER_HOSTS,
      timeoutMs: read.K8OR_RENDER_TIMEOUT_MS,
      idleMs: read.K8OR_RENDER_IDLE_MS,
      maxBytes: read.K8OR_MAX_RENDERED_BYTES,
    },
    controlNamespace: read.K8OR_CONTROL_NAMESPACE,
    redisUrl: read.K8OR_REDIS_URL,
    advanceIntervalMs: read.K8OR_ADVANCE_INTERVAL_MS,
    registryIntervalMs: read.K8OR_REGISTRY_INTERVAL_MS,
    releasesKept: read.K8OR_RELEASES_KEPT,
    retentionIntervalMs: read.K8OR_RETENTION_INTERVAL_MS,
  }
}
