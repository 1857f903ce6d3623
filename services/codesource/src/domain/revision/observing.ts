import {
  revisionKey,
  revisionObserved,
  revisionUnresolved,
  type Announcer,
  type Problem,
  type RevisionRecord,
} from '@k8or/contracts'
import { Later } from '@k8or/outcome'
import type { OwnCommits } from '../commit/own-commits'
import type { Clock, Mirrors, Resolution, RevisionRow, Revisions } from '../ports'
import type { Followed, FollowedRepository } from '../repository/followed'
import { RepositoryError } from '../repository/remote'
import { originOf, type Hint, type Hints } from './hints'
import { observedFact, observedRecord, speaking, unresolvedFact, unresolvedRecord } from './records'
import { ambiguousProblem, candidatesOf, isFullCommit, isUnusualRef, unresolvedProblem } from './target'

const keptUnfollowedMs = 30 * 86_400_000

/** What observing needs. */
export interface ObservingParts {
  readonly followed: Followed
  readonly hints: Hints
  readonly mirrors: Mirrors
  readonly revisions: Revisions
  readonly announcer: Announcer<'codesource'>
  readonly own: Pick<OwnCommits, 'settle' | 'originOf'>
  readonly clock: Clock
  /** For how long a repository may be unreachable before it is said. */
  readonly errorAfterMs: number
}

/**
 * Looks at one repository: fetches it once, resolves every target revision that is followed in it, writes what changed
 * into the record, announces it. Each step can be repeated.
 */
export class Observing {
  constructor(private readonly parts: ObservingParts) {}

  /** @throws Later when the repository could not be looked at */
  async look(token: string, signal: AbortSignal): Promise<void> {
    const { followed, hints } = this.parts
    const taken = hints.take(token)
    const repository = followed.repository(token)
    if (!repository) return
    try {
      await this.lookAt(repository, taken, signal)
      for (const { done } of taken) done?.()
    } catch (error) {
      hints.restore(token, taken)
      throw error
    }
  }

  /** Announces what a process that was killed wrote and may not have announced. */
  async announceAgain(): Promise<void> {
    for (const row of await this.parts.revisions.list()) await this.announceUnlessDone(row.key, row)
  }

  /** Marks what nobody follows any more, so that nobody takes it for new later; what was marked long ago goes. */
  async settleUnfollowed(): Promise<void> {
    const { followed, revisions, clock } = this.parts
    for (const { key, value, number } of await revisions.list()) {
      const targets = followed.repository(value.repository.token)?.targets ?? []
      if (targets.includes(value.targetRevision)) continue
      const at = clock()
      const isOld = at.getTime() - Date.parse(value.observedAt) > keptUnfollowedMs
      if (value.followed)
        await revisions.write(key, { ...speaking(value), observedAt: at.toISOString(), followed: false }, number)
      else if (isOld) await revisions.delete(key)
    }
  }

  private async lookAt(repository: FollowedRepository, hints: readonly Hint[], signal: AbortSignal): Promise<void> {
    try {
      await this.fetch(repository, hints, signal)
      await this.parts.own.settle(repository.token, signal)
    } catch (error) {
      if (!(error instanceof RepositoryError)) throw error
      return this.tellFailure(repository, error, hints)
    }
    await eachOf(repository.targets, (target) => this.settle(repository, target, hints, signal))
  }

  private async fetch(repository: FollowedRepository, hints: readonly Hint[], signal: AbortSignal): Promise<void> {
    const { mirrors } = this.parts
    if (await this.hasAll(repository)) return
    if (await this.isOwnPush(repository, hints)) return
    const isPush = hints.some(({ kind }) => kind === 'webhook')
    const followsHead = repository.targets.includes('HEAD')
    // Which branch HEAD is changes next to never: a push does not wait for that question.
    const withHead = followsHead && (!isPush || mirrors.head(repository.token) === undefined)
    await mirrors.fetch(repository, { withHead, refs: repository.targets.filter(isUnusualRef), signal })
  }

  /** What we pushed ourselves is here: there is nothing to ask the host. */
  private async isOwnPush({ token, targets }: FollowedRepository, hints: readonly Hint[]): Promise<boolean> {
    const { mirrors } = this.parts
    const isAlone = hints.length > 0 && hints.every(({ kind }) => kind === 'commit')
    if (!isAlone || (targets.includes('HEAD') && mirrors.head(token) === undefined)) return false
    const isHere = async ({ ref = '', after }: Hint) => {
      const found = await mirrors.resolve(token, [{ expression: ref, ref }])
      return typeof found === 'object' && found.commit === after
    }
    return (await Promise.all(hints.map(isHere))).every(Boolean)
  }

  /** Commits that are named by their id never change: with all of them here there is nothing to ask the host. */
  private async hasAll({ token, targets }: FollowedRepository): Promise<boolean> {
    if (!targets.every(isFullCommit)) return false
    const found = await Promise.all(
      targets.map((target) => this.parts.mirrors.resolve(token, candidatesOf(target, ''))),
    )
    return found.every((resolution) => resolution !== 'missing')
  }

  /** A lasting failure is told at once, one that may pass only after a while; both are tried again. */
  private async tellFailure(repository: FollowedRepository, error: RepositoryError, hints: readonly Hint[]) {
    await eachOf(repository.targets, async (target) => {
      if (error.isTransient && (await this.isBornWith(repository, target))) return
      await this.tellProblem(repository, target, error.problem, hints)
    })
    if (error.isTransient) throw new Later(error.message, undefined, { cause: error.cause ?? error })
  }

  /** Whether the silence of a host is not told yet. What was never reached has nothing to protect: a word is waited for. */
  private async isBornWith({ token }: FollowedRepository, target: string): Promise<boolean> {
    const { clock, errorAfterMs, revisions } = this.parts
    const key = revisionKey(token, target)
    const row = await revisions.get(key)
    if (!row || row.value.problem) return false
    const now = clock()
    const { silentSince = now.toISOString() } = row.value
    if (now.getTime() - Date.parse(silentSince) >= errorAfterMs) return false
    if (row.value.silentSince === undefined) await revisions.write(key, { ...row.value, silentSince }, row.number)
    return true
  }

  private async settle(repository: FollowedRepository, target: string, hints: readonly Hint[], signal: AbortSignal) {
    const found = await this.resolve(repository, target, signal)
    if (found === 'missing')
      return this.tellProblem(repository, target, unresolvedProblem(repository.url, target), hints)
    if (found === 'ambiguous')
      return this.tellProblem(repository, target, ambiguousProblem(repository.url, target), hints)
    await this.tellCommit(repository, target, found, hints)
  }

  private async resolve(repository: FollowedRepository, target: string, signal: AbortSignal): Promise<Resolution> {
    const { mirrors } = this.parts
    const candidates = candidatesOf(target, mirrors.head(repository.token))
    const found = await mirrors.resolve(repository.token, candidates)
    if (found !== 'missing' || !isFullCommit(target)) return found
    await mirrors.fetchCommit(repository, target.toLowerCase(), signal)
    return mirrors.resolve(repository.token, candidates)
  }

  private async tellCommit(
    repository: FollowedRepository,
    target: string,
    found: { commit: string; ref: string },
    hints: readonly Hint[],
  ): Promise<void> {
    const { revisions, mirrors, own, clock } = this.parts
    const key = revisionKey(repository.token, target)
    const [row, info] = await Promise.all([revisions.get(key), mirrors.commit(repository.token, found.commit)])
    if (row && saysCommit(row.value, found)) return this.announceUnlessDone(key, await this.spoken(key, row))
    const origin = own.originOf(repository.token, found.commit) ?? originOf(hints, { target, ...found })
    const record = observedRecord(revisionOf(repository, target), row?.value, { ...found, info, at: clock() }, origin)
    await this.write(key, record, row?.number ?? 0)
  }

  /** The host answers again, with what it said before. */
  private async spoken(key: string, row: RevisionRow): Promise<RevisionRow> {
    if (row.value.silentSince === undefined) return row
    const value = speaking(row.value)
    return { value, number: await this.parts.revisions.write(key, value, row.number) }
  }

  private async tellProblem(repository: FollowedRepository, target: string, problem: Problem, hints: readonly Hint[]) {
    const { revisions, clock } = this.parts
    const key = revisionKey(repository.token, target)
    const row = await revisions.get(key)
    if (row && saysProblem(row.value, problem)) return this.announceUnlessDone(key, row)
    const origin = originOf(hints, { target, ref: row?.value.ref ?? '', commit: '' })
    const record = unresolvedRecord(revisionOf(repository, target), row?.value, problem, clock(), origin)
    await this.write(key, record, row?.number ?? 0)
  }

  /** The record comes first, then the fact, then that the fact is stored: killed in between, it is announced again. */
  private async write(key: string, record: RevisionRecord, number: number): Promise<void> {
    await this.announce(key, record, await this.parts.revisions.write(key, record, number))
  }

  private async announceUnlessDone(key: string, { value, number }: RevisionRow): Promise<void> {
    if (!value.announced) await this.announce(key, value, number)
  }

  private async announce(key: string, record: RevisionRecord, number: number): Promise<void> {
    const { announcer, revisions } = this.parts
    if (record.problem) await announcer.publish(revisionUnresolved, unresolvedFact(record, record.problem))
    else await announcer.publish(revisionObserved, observedFact(record))
    await revisions.write(key, { ...record, announced: true }, number)
  }
}

function saysCommit(known: RevisionRecord, found: { commit: string; ref: string }): boolean {
  return known.followed && !known.problem && known.commit === found.commit && known.ref === found.ref
}

/** Why a host can not be reached is told in other words from time to time, and stays the same problem. */
function saysProblem({ followed, problem: known }: RevisionRecord, problem: Problem): boolean {
  if (!followed || known?.reason !== problem.reason) return false
  return known.message === problem.message || known.reason === 'RepositoryUnreachable'
}

function revisionOf({ url, token }: FollowedRepository, target: string) {
  return { repository: { url, token }, target }
}

/** All at once; the failure of one does not keep the others from being settled. */
async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(items.map(work))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}
