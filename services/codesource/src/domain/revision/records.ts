import {
  revisionKey,
  sha256,
  type FactDraft,
  type Problem,
  type RevisionObserved,
  type RevisionRecord,
  type RevisionUnresolved,
} from '@k8or/contracts'
import type { CommitInfo } from '../ports'
import type { Origin } from './hints'

/** A target revision of a repository. */
export interface FollowedRevision {
  readonly repository: { readonly url: string; readonly token: string }
  readonly target: string
}

/** A record that says that a target revision resolves to a commit. */
export function observedRecord(
  { repository, target }: FollowedRevision,
  known: RevisionRecord | undefined,
  seen: { readonly commit: string; readonly ref: string; readonly info: CommitInfo; readonly at: Date },
  origin: Origin,
): RevisionRecord {
  const ordinal = (known?.ordinal ?? 0) + 1
  const factId = `revision.observed/${idOf(repository.token, target)}/${ordinal}/${seen.commit}`
  return {
    repository,
    targetRevision: target,
    ref: seen.ref,
    commit: seen.commit,
    previous: known?.commit === undefined || known.commit === '' ? null : known.commit,
    ordinal,
    factId,
    correlationId: origin.correlationId ?? factId,
    observedAt: seen.at.toISOString(),
    problem: null,
    ...seen.info,
    via: origin.via,
    causes: [...origin.causes],
    followed: true,
    announced: false,
  }
}

/** A record that says why a target revision can not be resolved; the last good commit stays. */
export function unresolvedRecord(
  { repository, target }: FollowedRevision,
  known: RevisionRecord | undefined,
  problem: Problem,
  at: Date,
  origin: Origin,
): RevisionRecord {
  const digest = sha256(JSON.stringify([problem.reason, problem.message, at.toISOString()])).slice(0, 16)
  const factId = `revision.unresolved/${idOf(repository.token, target)}/${known?.ordinal ?? 0}/${digest}`
  const nothing = { ref: '', commit: '', ordinal: 0, previous: null, author: '', subject: '', committedAt: '' }
  return {
    ...(known ? speaking(known) : nothing),
    repository,
    targetRevision: target,
    factId,
    correlationId: origin.correlationId ?? factId,
    observedAt: at.toISOString(),
    problem,
    via: origin.via,
    causes: [...origin.causes],
    followed: true,
    announced: false,
  }
}

/** A record whose host is not silent. */
export function speaking({ silentSince: _, ...record }: RevisionRecord): RevisionRecord {
  return record
}

/** The fact that announces a record which resolves. */
export function observedFact(record: RevisionRecord): FactDraft<RevisionObserved> {
  const { repository, targetRevision, ref, commit, previous, ordinal, author, subject, committedAt, via } = record
  const data = { repository, targetRevision, ref, commit, previous, ordinal, author, subject, committedAt, via }
  return { ...envelopeOf(record), data, actor: author === '' ? 'service:codesource' : `git:${author}` }
}

/** The fact that announces a record with a problem. */
export function unresolvedFact(record: RevisionRecord, problem: Problem): FactDraft<RevisionUnresolved> {
  const { repository, targetRevision, observedAt } = record
  const data = { repository, targetRevision, problem, since: observedAt }
  return { ...envelopeOf(record), data, actor: 'service:codesource' }
}

function envelopeOf({ factId, repository, observedAt, causes, correlationId }: RevisionRecord) {
  return { id: factId, token: repository.token, time: new Date(observedAt), causes, correlationId }
}

function idOf(token: string, target: string): string {
  return revisionKey(token, target).replace('.', '/')
}
