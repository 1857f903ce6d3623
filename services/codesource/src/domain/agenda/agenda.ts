import {
  repositoryToken,
  type ApplicationDeclared,
  type ApplicationRecord,
  type CommitRecord,
  type DeliveryReceived,
  type Fact,
} from '@k8or/contracts'
import type { Marks } from '@k8or/outcome'
import type { Revisions } from '../ports'
import type { Followed } from '../repository/followed'
import { allResolve } from '../revision/all-resolve'
import type { Hint, Hints } from '../revision/hints'
import { repositoriesOf } from '../webhook/take-delivery'

/** The key that asks for what nobody follows; all other keys are tokens of repositories. */
export const unfollowed = 'unfollowed'
/** Who mends a repository or its credentials does not like to wait for the next poll. */
const mendedSoonMs = 20_000

/** What the agenda needs. */
export interface AgendaParts {
  readonly followed: Followed
  readonly hints: Hints
  readonly revisions: Pick<Revisions, 'get'>
  readonly marks: Marks
  /** The trace of whoever asks. */
  readonly traceparent: () => string | undefined
  /** 0 to 1. */
  readonly random: () => number
  readonly pollIntervalMs: number
}

/** An application as the record has it; null where it went. */
export interface KnownApplication {
  readonly key: string
  readonly value: ApplicationRecord | null
  readonly revision: number
}

/** Decides which repositories are looked at after something happened, why, and when again. */
export class Agenda {
  /** The wish to look again that each application had last. */
  readonly #wishes = new Map<string, string>()
  #hasBegun = false

  constructor(private readonly parts: AgendaParts) {}

  /** Every repository is looked at once. */
  begin(): void {
    this.#hasBegun = true
    for (const token of this.parts.followed.tokens()) this.parts.marks.mark(token)
    this.parts.marks.mark(unfollowed)
  }

  known({ key, value, revision }: KnownApplication): void {
    // What was wished for before the start was granted by the start.
    if (value && !this.#hasBegun) this.#wishes.set(key, value.refresh)
    if (this.parts.followed.put(key, value, revision)) this.parts.marks.mark(unfollowed)
  }

  delivered(fact: Fact<DeliveryReceived>): void {
    const tokens = repositoriesOf(fact, this.parts.followed)
    const { ref, after, redelivery } = fact.data
    const pushed = { ...(ref === undefined ? {} : { ref }), ...(after === undefined ? {} : { after }) }
    for (const token of tokens) {
      this.#look(token, { kind: 'webhook', fact, ...pushed })
      if (redelivery) this.#look(token, { kind: 'refresh', fact })
    }
  }

  /** Looks at what an application follows: whoever declares one expects what the host has now. Many declarations are one look. */
  declared(row: KnownApplication & { readonly value: ApplicationRecord }, fact: Fact<ApplicationDeclared>): void {
    const { key: uid, value } = row
    this.known(row)
    const isWished = value.refresh !== '' && this.#wishes.get(uid) !== value.refresh
    this.#wishes.set(uid, value.refresh)
    for (const { token, target } of this.parts.followed.targetsOf(uid))
      this.#look(token, { kind: isWished ? 'refresh' : 'declared', fact, targets: [target] })
  }

  removed(uid: string): void {
    this.#wishes.delete(uid)
    if (this.parts.followed.remove(uid)) this.parts.marks.mark(unfollowed)
  }

  /** Somebody wants a repository to be looked at, and perhaps to know when that is done; false when nobody follows it. */
  refresh(url: string, done?: () => void): boolean {
    const token = repositoryToken(url)
    if (!this.parts.followed.repository(token)) return false
    this.#look(token, { kind: 'refresh', ...(done ? { done } : {}) })
    return true
  }

  /** We pushed to a repository ourselves: what follows that branch is told without asking the host. */
  pushed({ repository, ref, commit, correlationId }: CommitRecord, factId: string | undefined): void {
    if (!this.parts.followed.repository(repository.token)) return
    const fact = factId === undefined ? {} : { fact: { id: factId, correlationId } }
    this.#look(repository.token, { kind: 'commit', ...fact, ref, after: commit })
  }

  /** A repository was looked at: when it is looked at again, unless somebody asks before. */
  async looked(token: string): Promise<void> {
    const { followed, revisions, marks, random, pollIntervalMs } = this.parts
    const isWell = await allResolve(revisions, token, followed.repository(token)?.targets ?? [])
    const afterMs = isWell ? pollIntervalMs : Math.min(pollIntervalMs, mendedSoonMs)
    await marks.later(token, afterMs * (1 + random() / 2), 'poll')
  }

  #look(token: string, hint: Omit<Hint, 'traceparent'>): void {
    const traceparent = this.parts.traceparent()
    this.parts.hints.add(token, { ...hint, ...(traceparent === undefined ? {} : { traceparent }) })
    this.parts.marks.mark(token)
  }
}
