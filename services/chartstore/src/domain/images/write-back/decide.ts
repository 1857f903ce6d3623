import {
  parseImageReference,
  type ApplicationRecord,
  type ImageDecisionRecord,
  type ImageRecord,
} from '@k8or/contracts'
import { isVersioned, type Named, type WantedVersion } from '../edit/edited'
import type { KnownTag } from '../known-tag'
import type { ImagePolicy } from '../policy'
import { refusalOf, select } from '../select'
import { pushedTag } from './known-tags'

/** All that a decision about one image of one application is made from. */
export interface Situation {
  readonly application: ApplicationRecord
  readonly policy: ImagePolicy
  readonly tags: readonly KnownTag[]
  /** The registry was asked: what is not among the tags is gone. */
  readonly isComplete: boolean
  /** It was asked after the files had come to be as they are. */
  readonly isUpToDate: boolean
  readonly pushed: readonly ImageRecord[]
  /** Where the files name the image. */
  readonly named: readonly Named[]
  /** What the newest release runs of it. */
  readonly running: string | undefined
  readonly record: ImageDecisionRecord | undefined
  readonly now: Date
}

export interface Refusal {
  readonly row: ImageRecord
  readonly reason: string
}

/** What there is to say of a tag that is counted on: the registry has it no longer, or has it again. */
export interface Presence {
  readonly tag: KnownTag
  readonly reason: string
}

/** The reason of the problem that a tag is gone. */
export const imageGone = 'ImageGone'

/** What is to be done about an image. */
export type Step =
  | { readonly kind: 'nothing'; readonly isAsWanted: boolean }
  | { readonly kind: 'write'; readonly tag: KnownTag; readonly version: WantedVersion; readonly reason: string }
  | { readonly kind: 'hold'; readonly tag: KnownTag; readonly reason: string }
  /** What was written is not seen in the branch yet. */
  | { readonly kind: 'wait' }

export interface Decision {
  readonly refusals: readonly Refusal[]
  readonly gone: readonly Presence[]
  /** It was said to be gone. */
  readonly returned: Presence | undefined
  /** What was pushed until then is judged. */
  readonly judgedUntil: string
  readonly step: Step
}

/** How long a commit of ours may take to be seen in the branch. */
const seenWithinMs = 60_000

/** Decides about one image: what is refused of what was pushed, and what is to be written. */
export function decide(situation: Situation): Decision {
  const { policy, pushed, record, isComplete } = situation
  const current = currentOf(situation)
  const isUnlisted = current !== undefined && !situation.tags.some(({ name }) => name === current.name)
  const tags = isUnlisted && !isComplete ? [...situation.tags, current] : situation.tags
  const { selected, reason } = select(tags, policy, current)
  const fresh = pushed.filter(({ observedAt }) => observedAt > (record?.judgedUntil ?? ''))
  const isFirstLook = record === undefined
  const refusals = isFirstLook ? [] : fresh.flatMap((row) => refusal(row, situation, selected, current, reason))
  const judgedUntil = fresh.reduce(
    (latest, { observedAt }) => (observedAt > latest ? observedAt : latest),
    record?.judgedUntil ?? '',
  )
  const gone = [...goneNamed(situation, current), ...goneHeld(situation)]
  const step = stepFor(situation, selected, reason, current)
  return { refusals, gone, returned: returnedOf(situation), judgedUntil, step }
}

function stepFor(situation: Situation, selected: KnownTag | null, reason: string, current: KnownTag | undefined): Step {
  const { application, policy, record, now } = situation
  if (!selected) return { kind: 'nothing', isAsWanted: false }
  const version = versionOf(selected, policy)
  if (isAsWanted(situation, version)) return { kind: 'nothing', isAsWanted: true }
  if (policy.strategy === 'digest' && selected.digest === undefined) return { kind: 'nothing', isAsWanted: false }
  const { written } = record ?? {}
  if (written && isSame(written, selected, policy)) {
    const isYoung = now.getTime() - Date.parse(written.at) < seenWithinMs
    if (!written.isSeen && isYoung) return { kind: 'wait' }
    return { kind: 'hold', tag: selected, reason: takenBack(selected, written.commit, current) }
  }
  if (application.hold) return { kind: 'hold', tag: selected, reason: heldBack(application, selected) }
  return { kind: 'write', tag: selected, version, reason }
}

/** What files say now counts; what runs where they say nothing. */
function currentOf({ named, running, tags }: Situation): KnownTag | undefined {
  const reference = named[0]?.reference ?? (running === undefined ? undefined : parseImageReference(running))
  if (reference?.tag === undefined) return undefined
  const known = tags.find(({ name }) => name === reference.tag)
  return known ?? { name: reference.tag, ...(reference.digest === undefined ? {} : { digest: reference.digest }) }
}

function versionOf({ name, digest }: KnownTag, { strategy }: ImagePolicy): WantedVersion {
  return { tag: name, isPinned: strategy === 'digest', ...(digest === undefined ? {} : { digest }) }
}

function isAsWanted({ named, running }: Situation, version: WantedVersion): boolean {
  if (named.length > 0) return named.every(({ reference }) => isVersioned(reference, version))
  const reference = running === undefined ? undefined : parseImageReference(running)
  return reference !== undefined && isVersioned(reference, version)
}

function isSame(
  written: { readonly tag: string; readonly digest: string },
  selected: KnownTag,
  { strategy }: ImagePolicy,
): boolean {
  return written.tag === selected.name && (strategy !== 'digest' || written.digest === selected.digest)
}

/** A push that leads to nothing is said to have been seen. */
function refusal(
  row: ImageRecord,
  { policy, tags }: Situation,
  selected: KnownTag | null,
  current: KnownTag | undefined,
  reason: string,
): Refusal[] {
  const why = refusalOf({ ...tags.find(({ name }) => name === row.tag), ...pushedTag(row) }, policy)
  if (why !== undefined) return [{ row, reason: refused(row, policy, why) }]
  if (row.tag === selected?.name || row.tag === current?.name || !selected) return []
  return [{ row, reason: `${policy.name}:${row.tag} is admitted, but not preferred: ${reason}` }]
}

function refused({ tag }: ImageRecord, { name, alias, constraint, strategy }: ImagePolicy, why: string): string {
  const rule = constraint === '' ? strategy : `${strategy} ${constraint}`
  const next = why.includes(';') ? '' : '; push a tag that is admitted, or change the annotations'
  return `${name}:${tag} is not admitted by the policy of ${alias} (${rule}): ${why}${next}`
}

/** A tag that files name. */
function goneNamed(
  { policy, tags, named, pushed, isComplete, isUpToDate }: Situation,
  current: KnownTag | undefined,
): Presence[] {
  if (!current || !isComplete || named.length === 0 || isAmong(tags, current.name)) return []
  // What was pushed is among the tags until the registry is asked and does not have it.
  if (!isUpToDate && !pushed.some(({ tag }) => tag === current.name)) return []
  const reason = `${policy.name}:${current.name} is named by the files, and the registry does not have it: a pod that starts anew can not pull it; push it again, or a newer tag`
  return [{ tag: current, reason }]
}

/** A tag that would have been written later. */
function goneHeld({ policy, tags, isComplete, record, named }: Situation): Presence[] {
  const { tag = '', digest = '', outcome } = record?.last?.data ?? {}
  const isAwaited = outcome === 'held' && tag !== record?.written?.tag
  if (!isAwaited || !isComplete || isAmong(tags, tag) || named.some(({ reference }) => reference.tag === tag)) return []
  const reason = `${policy.name}:${tag} was held, and the registry does not have it any more: it is not written; push it again, or a newer tag`
  return [{ tag: { name: tag, digest }, reason }]
}

/** Until the registry was asked, what was pushed and is gone counts as a tag too. */
function returnedOf({ policy, tags, isComplete, record }: Situation): Presence | undefined {
  const { tag: name, problem } = record?.last?.data ?? {}
  if (problem?.reason !== imageGone || !isComplete) return undefined
  const tag = tags.find((each) => each.name === name)
  return tag && { tag, reason: `${policy.name}:${tag.name} is in the registry again: nothing is left to do` }
}

function isAmong(tags: readonly KnownTag[], tag: string): boolean {
  return tags.some(({ name }) => name === tag)
}

function heldBack({ ref, hold }: ApplicationRecord, { name }: KnownTag): string {
  const { actor = '', reason = '' } = hold ?? {}
  return `${ref.name} is held by ${actor}${reason === '' ? '' : ` (${reason})`}: ${name} is written once it is released`
}

function takenBack({ name }: KnownTag, commit: string, current: KnownTag | undefined): string {
  const now = current ? ` and ${current.name} is there now` : ''
  return `${name} was written by commit ${commit.slice(0, 8)}${now}: whoever took it back is respected; a newer tag is written`
}
