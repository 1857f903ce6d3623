import { setTimeout as delay } from 'node:timers/promises'
import { isBuilt } from '../paths'
import type { ProcessNews } from '../process/managed-process'
import type { RegistryAccess } from '../registry/registry-client'
import { newPassword, startRegistry, type RegistryServer } from '../registry/registry-server'
import { portTowards } from './detours'
import { meshPaths, type MeshLayout } from './layout'

/** What the registry of a mesh must know of it. */
interface MeshRegistryOptions {
  /** By which the webhook knows it. */
  readonly token: string
  readonly news: ProcessNews
  readonly tell: (text: string) => void
}

/** The OCI registry beside a mesh, which tells the mesh's webhook of pushes. */
export class MeshRegistry {
  readonly access: RegistryAccess
  readonly #stopping = new AbortController()
  #running: Promise<RegistryServer> | undefined

  constructor(
    private readonly layout: MeshLayout,
    private readonly options: MeshRegistryOptions,
  ) {
    const host = `localhost:${portTowards(layout, 'codesource', 'registry')}`
    this.access = { host, dial: `localhost:${layout.registry}`, username: 'rig', password: newPassword() }
  }

  /** Nothing waits for a registry that is not built yet; what goes wrong with it then is told, and is no end. */
  async start(): Promise<void> {
    const isThere = isBuilt('registry')
    this.#running = this.provide()
    if (isThere) await this.#running
    else this.#tellLater(this.#running)
  }

  #tellLater(running: Promise<RegistryServer>): void {
    const { tell } = this.options
    tell('OCI registry: not built yet, `.cache/behind.log` tells how far it is')
    running.catch((error: unknown) => this.#stopping.signal.aborted || tell(`OCI registry: ${String(error)}`))
  }

  /** Answers once it takes images. */
  async up(): Promise<RegistryAccess> {
    await this.#running
    return this.access
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    const running = await this.#running?.catch(() => undefined)
    await running?.stop()
  }

  private async provide(): Promise<RegistryServer> {
    const { layout } = this
    const { token, news, tell } = this.options
    const paths = meshPaths(layout.dir)
    await untilBuilt(this.#stopping.signal)
    const notify = { url: `https://localhost:${layout.webhook}/api/webhook`, token, ca: paths.ca }
    const more = { dir: paths.registry, port: layout.registry, restart: true }
    const registry = await startRegistry({ ...this.access, ...more, ...news, notify })
    tell('OCI registry')
    return registry
  }
}

// The setup builds it behind everything else, and may be at it for minutes.
async function untilBuilt(signal: AbortSignal): Promise<void> {
  while (!isBuilt('registry')) await delay(250, undefined, { signal })
}
