import { join } from 'node:path'
import { isUp } from './kube/readiness'
import { builtServer } from './paths'
import { startProcess, type ManagedProcess, type ProcessNews } from './process/managed-process'

/** What nats-server starts with. */
export interface NatsOptions extends ProcessNews {
  readonly dir: string
  /** A configuration file; without one the server is plain, with JetStream, and stores in `dir`. */
  readonly configPath?: string
  readonly port: number
  readonly bin?: string
  readonly restart?: boolean
}

/** Starts nats-server on the loopback and returns when it accepts connections. */
export function startNats(options: NatsOptions): Promise<ManagedProcess> {
  const { dir, port, configPath, bin, restart = false, ...news } = options
  const plain = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', join(dir, 'data')]
  return startProcess({
    name: 'nats',
    command: bin ?? builtServer('nats-server'),
    args: configPath ? ['--config', configPath] : plain,
    cwd: dir,
    logFile: join(dir, 'nats.log'),
    ready: () => isUp(port),
    restart,
    ...news,
  })
}
