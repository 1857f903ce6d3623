import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { OpenHub } from '@k8or/accesspoint'
import { writePrivateFile } from '@k8or/identity'
import type { SecretsConfig } from './config'

const timeoutMs = 15_000

/** Which files of the state directory each Secret holds; the key of a file is its name. The authority comes last: with it all is there. */
export const contents: Readonly<Record<string, readonly string[]>> = {
  trust: ['ca.crt'],
  nats: ['nats/nats.conf', 'nats/store-key.conf', 'nats/tls.crt', 'nats/tls.key'],
  redis: ['redis/tls.crt', 'redis/tls.key'],
  people: ['people/token'],
  authority: ['ca/ca.key'],
}

/** What a mesh starts from, kept in Secrets of the cluster that it runs in: pods have no folder in common. */
export class KeptSecrets {
  constructor(
    private readonly hub: OpenHub,
    private readonly config: SecretsConfig,
    private readonly stateDir: string,
  ) {}

  /** Writes what the Secrets hold to the state directory, so that bootstrap goes on from there. */
  async restore(): Promise<void> {
    for (const [name, paths] of Object.entries(contents)) {
      const data = await this.read(name)
      for (const path of paths) {
        const value = data?.[basename(path)]
        if (value !== undefined) writePrivateFile(join(this.stateDir, path), Buffer.from(value, 'base64').toString())
      }
    }
    this.requireWhole()
  }

  /** Writes the files of the state directory to the Secrets. */
  async keep(): Promise<void> {
    for (const [name, paths] of Object.entries(contents)) {
      const data = Object.fromEntries(paths.map((path) => [basename(path), this.encoded(path)]))
      const labels = { 'app.kubernetes.io/part-of': 'k8or-mesh', 'app.kubernetes.io/managed-by': 'k8or-bootstrap' }
      const metadata = { name: this.nameOf(name), namespace: this.config.namespace, labels }
      await this.hub.clusters.apply(this.hub.name, { apiVersion: 'v1', kind: 'Secret', metadata, data }, this.limits())
    }
  }

  private async read(name: string): Promise<Record<string, string> | undefined> {
    const ref = { group: '', version: 'v1', kind: 'Secret', namespace: this.config.namespace, name: this.nameOf(name) }
    const found = await this.hub.clusters.get(this.hub.name, ref, this.limits())
    return found?.['data'] as Record<string, string> | undefined
  }

  /** An authority without its certificate would be followed by another one, which nobody trusts. */
  private requireWhole(): void {
    const has = (path: string): boolean => existsSync(join(this.stateDir, path))
    if (!has('ca/ca.key') || has('ca.crt')) return
    const { namespace } = this.config
    const [trust, authority] = [this.nameOf('trust'), this.nameOf('authority')]
    throw new Error(
      `Secret ${namespace}/${trust} is gone while ${authority} is there: restore it, or delete ${authority} too and begin anew`,
    )
  }

  private encoded(path: string): string {
    return readFileSync(join(this.stateDir, path)).toString('base64')
  }

  private nameOf(name: string): string {
    return `${this.config.prefix}-${name}`
  }

  private limits() {
    return { signal: AbortSignal.timeout(timeoutMs), timeoutMs }
  }
}
