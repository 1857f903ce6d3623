import { setTimeout as delay } from 'node:timers/promises'
import type { DrivenRepository } from '@k8or/rig'
import { manifest, type Tenant } from './estate'
import type { Ledger } from './ledger'

const againMs = 200
/** So long does a git host of ours try to tell of a push. */
const patienceMs = 60_000

/** Pushes to the applications in turn, as people do: a commit, and a webhook that is told again where nobody answers. */
export class Pushes {
  #number = 0
  /** How often a webhook was not taken, and was told again. */
  toldAgain = 0
  readonly #committing = new Map<DrivenRepository, Promise<unknown>>()

  constructor(
    private readonly tenants: readonly Tenant[],
    private readonly ledger: Ledger,
  ) {}

  get count(): number {
    return this.#number
  }

  async push(): Promise<void> {
    const number = ++this.#number
    const tenant = this.tenants[number % this.tenants.length]
    if (!tenant) return
    const { name: application, repository, repositoryName } = tenant
    const commit = await this.#inTurn(repository, () => repository.commit(manifest(application, number)))
    const toldAt = performance.now()
    this.ledger.pushed({ application, number, repository: repositoryName, commit: commit.after, toldAt })
    await this.#tell(repository, commit, toldAt + patienceMs)
  }

  /** A commit is made onto the one before. */
  #inTurn<Answer>(repository: DrivenRepository, work: () => Promise<Answer>): Promise<Answer> {
    const next = (this.#committing.get(repository) ?? Promise.resolve()).then(work)
    this.#committing.set(
      repository,
      next.catch(() => undefined),
    )
    return next
  }

  /** What nobody takes is left to the mesh's own polls; the account tells whether it was found. */
  async #tell(
    repository: DrivenRepository,
    commit: { before: string | undefined; after: string },
    until: number,
  ): Promise<void> {
    while (performance.now() < until) {
      const isTaken = await repository.tell(commit).then(
        () => true,
        () => false,
      )
      if (isTaken) return
      this.toldAgain++
      await delay(againMs)
    }
  }
}
