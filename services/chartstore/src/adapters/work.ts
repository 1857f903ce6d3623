import type { ApplicationRecord } from '@k8or/contracts'
import type { Row } from '@k8or/jetstream'
import type { Jobs } from '@k8or/jobs'
import type { ApplicationIndex, DeclaredApplication } from '../domain/applications/application-index'
import type { Considering } from '../domain/release/consider'

const application = 'application/'
const revision = 'revision/'
const advance = 'advance/'

/** Turns what happened into keys to look at, and keys into looks. */
export class Work {
  #jobs: Jobs | undefined

  constructor(
    private readonly index: ApplicationIndex,
    private readonly considering: Considering,
    private readonly advanceIntervalMs: number,
  ) {}

  /** Begins to take keys: those that came before are looked at now. */
  begin(jobs: Jobs): void {
    this.#jobs = jobs
    for (const uid of this.index.uids()) this.considerSoon(uid)
  }

  /** The index is told before REVISIONS is read: whichever of declaration and revision comes last sees the other. */
  declared(declared: DeclaredApplication): void {
    this.index.put(declared)
    this.considerSoon(declared.record.ref.uid)
  }

  /** An application as the record has it, without the fact that declared it. */
  known({ value, revision }: Row<ApplicationRecord>): void {
    this.index.put({ record: value, revision, factId: '', correlationId: '' })
  }

  removed(uid: string): void {
    this.index.remove(uid)
  }

  revised(key: string): void {
    this.#jobs?.mark(`${revision}${key}`)
  }

  considerSoon(uid: string): void {
    this.#jobs?.mark(`${application}${uid}`)
  }

  /** Looks at one key. */
  async handle(key: string): Promise<void> {
    if (key.startsWith(application)) return this.considering.application(key.slice(application.length))
    if (key.startsWith(revision)) return this.followRevision(key.slice(revision.length))
    for (const { record } of this.index.followers(key.slice(advance.length))) this.considerSoon(record.ref.uid)
  }

  /** Applications whose trees are new at once; the others only learn the commit's name, some time later. */
  private async followRevision(key: string): Promise<void> {
    const touched = await this.considering.touchedBy(key)
    for (const uid of touched) this.considerSoon(uid)
    if (touched.length < this.index.followers(key).length)
      await this.#jobs?.later(`${advance}${key}`, this.advanceIntervalMs, 'advance')
  }
}
