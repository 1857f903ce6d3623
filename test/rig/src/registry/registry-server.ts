import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port'
import { isUp } from '../kube/readiness'
import { builtServer } from '../paths'
import { startProcess, type ManagedProcess, type ProcessNews } from '../process/managed-process'
import type { RegistryAccess } from './registry-client'

/** Whom a registry tells of pushes. */
export interface RegistryNotification {
  readonly url: string
  /** Sent as a bearer token. */
  readonly token: string
  /** File with the authority of an `https` address. */
  readonly ca?: string
}

/** What the registry starts with. */
export interface RegistryOptions extends ProcessNews {
  /** Folder for its images, its configuration and its log. */
  readonly dir: string
  readonly port?: number
  /** Who may push and pull; a new password when there is none. */
  readonly username?: string
  readonly password?: string
  readonly notify?: RegistryNotification
  readonly restart?: boolean
}

/** A running registry, and as whom to talk to it. */
export interface RegistryServer extends RegistryAccess {
  readonly process: ManagedProcess
  stop(): Promise<void>
}

/** Starts a real OCI registry on the loopback, over plain HTTP with a password, and returns when it answers. */
export async function startRegistry(options: RegistryOptions): Promise<RegistryServer> {
  const { dir, port = await freePort(), username = 'rig', password = newPassword(), notify, restart = false } = options
  mkdirSync(dir, { recursive: true })
  const command = builtServer('registry')
  const users = join(dir, 'users')
  writeFileSync(users, `${username}:${hashed(command, password)}\n`, { mode: 0o600 })
  const config = join(dir, 'registry.json')
  writeFileSync(config, JSON.stringify(configuration(dir, port, users, notify)), { mode: 0o600 })
  const process = await startProcess({
    name: 'registry',
    command,
    args: ['serve', config],
    logFile: join(dir, 'registry.log'),
    // By this variable Go takes an authority for its own.
    env: { OTEL_TRACES_EXPORTER: 'none', ...(notify?.ca ? { SSL_CERT_FILE: notify.ca } : {}) },
    ready: () => isUp(port),
    restart,
    ...newsOf(options),
  })
  return { host: `localhost:${String(port)}`, username, password, process, stop: () => process.stop() }
}

function newsOf({ onPid, onEnd }: ProcessNews): ProcessNews {
  return { ...(onPid ? { onPid } : {}), ...(onEnd ? { onEnd } : {}) }
}

/** A password that needs no quotes anywhere. */
export function newPassword(): string {
  return randomBytes(16).toString('hex')
}

function hashed(command: string, password: string): string {
  return execFileSync(command, ['hash'], { input: password, encoding: 'utf8' }).trim()
}

function configuration(dir: string, port: number, users: string, notify: RegistryNotification | undefined) {
  return {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(dir, 'data') }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${String(port)}`, secret: randomBytes(16).toString('hex') },
    auth: { htpasswd: { realm: 'rig', path: users } },
    ...(notify ? { notifications: { endpoints: [endpoint(notify)] } } : {}),
  }
}

// Layers are not news: only what a tag can name is told.
function endpoint({ url, token }: RegistryNotification) {
  return {
    name: 'mesh',
    url,
    headers: { Authorization: [`Bearer ${token}`] },
    timeout: '5s',
    threshold: 3,
    backoff: '1s',
    ignore: { actions: ['pull', 'mount', 'delete'], mediatypes: ['application/octet-stream'] },
  }
}
