import { trimServer } from '../../domain/routing/clusters'
import type { BadClusterSecretError } from './cluster-secret'

/** The cluster Secrets that can not be read; what is wrong with one is told once. */
export class BrokenSecrets {
  private known = new Map<string, BadClusterSecretError>()

  constructor(private readonly onBroken: (error: BadClusterSecretError) => void) {}

  /** These and no others are broken now. */
  update(broken: readonly BadClusterSecretError[]): void {
    const before = this.known
    this.known = new Map(broken.map((error) => [error.secret, error]))
    for (const error of broken) if (before.get(error.secret)?.message !== error.message) this.onBroken(error)
  }

  /** Why the cluster of a destination can not be used, though a Secret declares it. */
  reasonFor({ server, name }: { readonly server: string; readonly name: string }): string | undefined {
    const wanted = trimServer(server)
    const found = [...this.known.values()].find(({ declared }) =>
      wanted === '' ? declared.name === name : trimServer(declared.server) === wanted,
    )
    return found?.message
  }
}
