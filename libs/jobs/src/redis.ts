import { once } from 'node:events'
import { describeError } from '@k8or/outcome'
import { Redis } from 'ioredis'
import type { JobsLog } from './jobs'

/** Where Redis is, and the certificate to show; read anew at each connection. All PEM. */
export interface RedisConnection {
  /** `redis://` or `rediss://<host>:<port>` */
  readonly url: string
  readonly tls?: {
    readonly ca: string
    current(): { readonly cert: string; readonly key: string }
  }
}

/** Opens a connection to Redis that comes back for ever. It tells once when it goes and once when it is back. */
export function openRedis({ url, tls }: RedisConnection, log: JobsLog): Redis {
  const redis = new Redis(url, {
    // BullMQ asks for this: a command waits for Redis to come back.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(2_000, attempt * 100),
    ...(tls ? { tls: tlsAtDial(tls) } : {}),
  })
  tellOnce(redis, url, log)
  return redis
}

function tellOnce(redis: Redis, url: string, log: JobsLog): void {
  let away = false
  redis.on('error', (error: Error) => {
    if (!away) log.warn({ url, reason: describeError(error) }, 'redis is away')
    away = true
  })
  redis.on('ready', () => {
    if (away) log.info({ url }, 'redis is back')
    away = false
  })
}

/** Whether commands would be answered now. */
export function isReady(redis: Redis): boolean {
  return redis.status === 'ready'
}

/** Resolves when a connection that is being opened is open, or is not to be had now. */
export async function opened(redis: Redis, withinMs: number): Promise<void> {
  if (redis.status !== 'connecting' && redis.status !== 'connect') return
  const signal = AbortSignal.timeout(withinMs)
  const ends = ['ready', 'close', 'end'].map((event) => once(redis, event, { signal }))
  await Promise.race(ends).catch(() => undefined)
}

function tlsAtDial(tls: NonNullable<RedisConnection['tls']>): { ca: string; cert: string; key: string } {
  return {
    ca: tls.ca,
    get cert() {
      return tls.current().cert
    },
    get key() {
      return tls.current().key
    },
  }
}
