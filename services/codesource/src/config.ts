import { join } from 'node:path'
import { z } from 'zod'

const flag = z.stringbool().default(false)
const positive = z.coerce.number().int().positive()
const megabyte = 1 << 20

const Environment = z.object({
  K8OR_STATE_DIR: z.string().min(1),
  K8OR_REDIS_URL: z.url(),
  K8OR_WEBHOOK_LISTEN: z.string().regex(/^.+:\d+$/, 'expected <host>:<port>'),
  K8OR_WEBHOOK_MAX_BYTES: positive.default(50 * megabyte),
  K8OR_ALLOW_LOOPBACK: flag,
  K8OR_POLL_INTERVAL_MS: positive.default(120_000),
  K8OR_REPOSITORY_ERROR_AFTER_MS: z.coerce.number().int().nonnegative().default(180_000),
  K8OR_MIRROR_MAX_BYTES: positive.default(5 * 1024 * megabyte),
  K8OR_COMMIT_AUTHOR: z
    .string()
    .regex(/^[^<>\n\0]+ <[^<>\s\0]+>$/, 'expected <name> <<address>>, as git has it')
    .default('k8or mesh <noreply@k8or.dev>'),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
})

/** Settings of CodeSource. */
export interface Config {
  readonly redisUrl: string
  readonly webhook: { readonly host: string; readonly port: number; readonly maxBytes: number }
  readonly git: {
    /** Mirrors, and files of keys while the service runs. */
    readonly dir: string
    /** Where git and ssh are. */
    readonly path: string
    /** A repository whose packs are larger is refused. */
    readonly maxBytes: number
    /** Lets repositories on the loopback through, for development. */
    readonly allowLoopback: boolean
    /** `name <address>` of the commits that the mesh makes. */
    readonly author: string
  }
  readonly pollIntervalMs: number
  /** For how long a repository may be unreachable before it is said. */
  readonly errorAfterMs: number
}

/** Reads the settings from the environment; all problems are reported together. */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const read = Environment.parse(environment)
  const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(read.K8OR_WEBHOOK_LISTEN) ?? []
  return {
    redisUrl: read.K8OR_REDIS_URL,
    webhook: { host, port: Number(port), maxBytes: read.K8OR_WEBHOOK_MAX_BYTES },
    git: {
      dir: join(read.K8OR_STATE_DIR, 'codesource'),
      path: read.PATH,
      maxBytes: read.K8OR_MIRROR_MAX_BYTES,
      allowLoopback: read.K8OR_ALLOW_LOOPBACK,
      author: read.K8OR_COMMIT_AUTHOR,
    },
    pollIntervalMs: read.K8OR_POLL_INTERVAL_MS,
    errorAfterMs: read.K8OR_REPOSITORY_ERROR_AFTER_MS,
  }
}
