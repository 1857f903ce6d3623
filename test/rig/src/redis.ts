import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './free-port'
import { isUp } from './kube/readiness'
import { startProcess, type ManagedProcess, type ProcessNews } from './process/managed-process'
import { requireProgram } from './process/program'

/** What redis-server starts with. */
export interface RedisOptions extends ProcessNews {
  /** Folder for its append-only file and its log. */
  readonly dir: string
  readonly port?: number
  /** Paths of PEM files: with them Redis speaks TLS only and asks each client for a certificate of this authority. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string }
  readonly restart?: boolean
}

/** A running Redis and where to reach it. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly process: ManagedProcess
  stop(): Promise<void>
}

/** Starts redis-server on the loopback and returns when it accepts connections. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { dir, tls, port = await freePort(), restart = false, ...news } = options
  mkdirSync(dir, { recursive: true })
  const process = await startProcess({
    name: 'redis',
    command: requireProgram('redis-server'),
    args: [...storageFlags(dir), ...listenFlags(port, tls)],
    logFile: join(dir, 'redis.log'),
    ready: () => isUp(port),
    restart,
    ...news,
  })
  const url = `${tls ? 'rediss' : 'redis'}://localhost:${port}`
  return { url, port, process, stop: () => process.stop() }
}

function storageFlags(dir: string): string[] {
  return ['--dir', dir, '--save', '', '--appendonly', 'yes', '--daemonize', 'no', '--bind', '127.0.0.1']
}

function listenFlags(port: number, tls: RedisOptions['tls']): string[] {
  if (!tls) return ['--port', String(port)]
  const { ca, cert, key } = tls
  const files = ['--tls-ca-cert-file', ca, '--tls-cert-file', cert, '--tls-key-file', key]
  return ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'yes', ...files]
}
