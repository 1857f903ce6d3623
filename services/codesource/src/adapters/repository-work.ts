import {
  repositoryToken,
  type ApplicationDeclared,
  type ApplicationRecord,
  type CommitRecord,
  type DeliveryReceived,
  type Fact,
} from '@k8or/contracts'
import type { Jobs } from '@k8or/jobs'
import type { RowChange, Row } from '@k8or/jetstream'
import { currentTraceparent, withSpan, withTraceparent } from '@k8or/telemetry'
import type { Followed } from '../domain/repository/followed'
import type { Hint, Hints } from '../domain/revision/hints'
import { allResolve } from '../domain/revision/all-resolve'
import type { Observing } from '../domain/revision/observing'
import { repositoriesOf } from '../domain/webhook/take-delivery'
import type { Revisions } from '../domain/ports'
import type { Signals } from '../signals'

const unfollowed = 'unfollowed'
/** Who mends a repository or its credentials does not like to wait for the next poll. */
const mendedSoonMs = 20_000

/** What the work on repositories needs. */
export interface RepositoryWorkParts {
  readonly followed: Followed
  readonly hints: Hints
  readonly revisions: Revisions
  readonly mirrors: { tidy(token: string, signal: AbortSignal): Promise<void> }
  readonly observing: Observing
  readonly signals: Signals
  readonly pollIntervalMs: number
}

/** Turns what happened into keys, which are tokens of repositories, and keys into looks at them. */
export class RepositoryWork {
  private jobs: Jobs | undefined
  /** The wish to look again that each application had last. */
  private readonly wishes = new Map<string, string>()

  constructor(private readonly parts: RepositoryWorkParts) {}

  /** Begins to take keys: every repository is looked at once. */
  begin(jobs: Jobs): void {
    this.jobs = jobs
    for (const token of this.parts.followed.tokens()) jobs.mark(token)
    jobs.mark(unfollowed)
  }

  /** An application as the record has it, before work begins. */
  known({ key, value, revision }: RowChange<ApplicationRecord>): void {
    if (value && !this.jobs) this.wishes.set(key, value.refresh)
    if (this.parts.followed.put(key, value, revision)) this.jobs?.mark(unfollowed)
  }

  delivered(fact: Fact<DeliveryReceived>): void {
    const tokens = repositoriesOf(fact, this.parts.followed)
    const { ref, after, redelivery } = fact.data
    const pushed = { ...(ref === undefined ? {} : { ref }), ...(after === undefined ? {} : { after }) }
    for (const token of tokens) {
      this.look(token, { kind: 'webhook', fact, ...pushed })
      if (redelivery) this.look(token, { kind: 'refresh', fact })
    }
  }

  /** Looks at what an application follows: whoever declares one expects what the host has now. Many declarations are one look. */
  declared(row: Row<ApplicationRecord>, fact: Fact<ApplicationDeclared>): void {
    const { key: uid, value } = row
    this.known(row)
    const isWished = value.refresh !== '' && this.wishes.get(uid) !== value.refresh
    this.wishes.set(uid, value.refresh)
    for (const { token, target } of this.parts.followed.targetsOf(uid))
      this.look(token, { kind: isWished ? 'refresh' : 'declared', fact, targets: [target] })
  }

  removed(uid: string): void {
    this.wishes.delete(uid)
    if (this.parts.followed.remove(uid)) this.jobs?.mark(unfollowed)
  }

  /** Somebody wants a repository to be looked at; false when nobody follows it. */
  refresh(url: string): boolean {
    const token = repositoryToken(url)
    if (!this.parts.followed.repository(token)) return false
    this.look(token, { kind: 'refresh' })
    return true
  }

  /** We pushed to a repository ourselves: what follows that branch is told without asking the host. */
  pushed({ repository, ref, commit, correlationId }: CommitRecord, factId: string | undefined): void {
    if (!this.parts.followed.repository(repository.token)) return
    const fact = factId === undefined ? {} : { fact: { id: factId, correlationId } }
    this.look(repository.token, { kind: 'commit', ...fact, ref, after: commit })
  }

  /** Looks at one repository, and again after the poll interval. */
  async handle(key: string, signal: AbortSignal): Promise<void> {
    const { observing, followed, hints, mirrors, signals, pollIntervalMs } = this.parts
    if (key === unfollowed) return observing.settleUnfollowed()
    const url = followed.repository(key)?.url
    if (url === undefined) return
    const look = () => signals.looked(() => observing.look(key, signal))
    await withTraceparent(hints.traceparentOf(key), () =>
      withSpan('look at repository', { 'k8or.repository': url }, look),
    )
    const jitter = 1 + Math.random() / 2
    const isWell = await allResolve(this.parts.revisions, key, followed.repository(key)?.targets ?? [])
    await this.jobs?.later(key, (isWell ? pollIntervalMs : Math.min(pollIntervalMs, mendedSoonMs)) * jitter, 'poll')
    await mirrors.tidy(key, signal)
  }

  private look(token: string, hint: Omit<Hint, 'traceparent'>): void {
    const traceparent = currentTraceparent()
    this.parts.hints.add(token, { ...hint, ...(traceparent === undefined ? {} : { traceparent }) })
    this.jobs?.mark(token)
  }
}
