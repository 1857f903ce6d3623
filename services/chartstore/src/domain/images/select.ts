import type { KnownTag } from './known-tag'
import { isMatchingPlatform } from './platform'
import { strategies, type Strategy } from './strategy'
import { allowedTags, isIgnored, type Filtered } from './tag-pattern'

/** By what a tag is selected. */
export interface TagRules {
  readonly strategy: Strategy
  readonly constraint: string
  readonly allow: string
  readonly ignore: readonly string[]
  readonly platforms: readonly string[]
}

export interface Selection {
  readonly selected: KnownTag | null
  readonly reason: string
}

/** What is to be run of the tags there are; `current` is what is run now, which only gives way to what is newer. */
export function select(tags: readonly KnownTag[], rules: TagRules, current?: KnownTag): Selection {
  const strategy = strategies[rules.strategy]
  const admitted = admittedOf(tags, rules)
  const [best] = admitted
  if (!best) return { selected: null, reason: noneAdmitted(tags, judgeOf(rules, tags.map(nameOf)), current) }
  const present = tags.find(({ name }) => name === current?.name)
  if (current && !present && isNoOlder(current, best, rules))
    return {
      selected: current,
      reason: `${current.name} is no longer in the registry and nothing newer is there: it stays`,
    }
  const equal = present && strategy.compare(present, best) === 0 && admitted.includes(present) ? present : best
  return { selected: equal, reason: strategy.reason(equal, admitted.length, rules.constraint) }
}

/** The tags that may be used, the preferred one first. */
export function admittedOf(tags: readonly KnownTag[], rules: TagRules): KnownTag[] {
  const judge = judgeOf(rules, tags.map(nameOf))
  const { compare } = strategies[rules.strategy]
  return tags
    .filter((tag) => judge(tag) === undefined)
    .sort((one, other) => compare(other, one) || (one.name < other.name ? 1 : -1))
}

/** Why a tag may not be used; undefined when it may. */
export function refusalOf(tag: KnownTag, rules: TagRules): string | undefined {
  return judgeOf(rules, [tag.name])(tag)
}

function judgeOf(rules: TagRules, names: readonly string[]): (tag: KnownTag) => string | undefined {
  const { strategy, constraint, ignore, platforms } = rules
  const allowed = allowedTags(rules.allow, names)
  const admits = strategies[strategy].judge(constraint)
  return (tag) =>
    pushedAgain(tag, strategy) ??
    (isIgnored(ignore, tag.name) ? `ignore-tags leaves ${tag.name} out` : undefined) ??
    notAllowed(tag, allowed, rules.allow) ??
    admits(tag) ??
    wrongPlatform(tag, platforms)
}

function pushedAgain({ name, isMoved }: KnownTag, strategy: Strategy): string | undefined {
  if (!isMoved || strategy === 'digest') return undefined
  return `${name} was pushed again with another digest; push a new tag, or follow this one by the strategy digest`
}

function notAllowed({ name }: KnownTag, allowed: Filtered, pattern: string): string | undefined {
  if ('unreadable' in allowed) return `allow-tags lets nothing through: ${allowed.unreadable}`
  return allowed.has(name) ? undefined : `allow-tags ${pattern} does not match ${name}`
}

function wrongPlatform({ name, platforms }: KnownTag, wanted: readonly string[]): string | undefined {
  if (wanted.length === 0) return undefined
  if (!platforms) return `it is not known which platforms ${name} is for, and platforms asks for ${wanted.join(', ')}`
  if (platforms.some((platform) => wanted.some((each) => isMatchingPlatform(platform, each)))) return undefined
  return `${name} is for ${platforms.join(', ') || 'no platform'}, not for ${wanted.join(', ')}`
}

/** Whether what runs, and is gone from the registry, would have been preferred still. */
function isNoOlder(current: KnownTag, best: KnownTag, rules: TagRules): boolean {
  return judgeOf(rules, [current.name])(current) === undefined && strategies[rules.strategy].compare(current, best) >= 0
}

const mostReasons = 3

function noneAdmitted(
  tags: readonly KnownTag[],
  judge: (tag: KnownTag) => string | undefined,
  current: KnownTag | undefined,
): string {
  const stays = current ? `; ${current.name} stays` : ''
  if (tags.length === 0) return `there is no tag${stays}`
  const reasons = tags.slice(-mostReasons).map((tag) => judge(tag) ?? '')
  const more = tags.length > mostReasons ? `, and ${String(tags.length - mostReasons)} more` : ''
  return `no tag is admitted: ${reasons.join('; ')}${more}${stays}`
}

function nameOf({ name }: KnownTag): string {
  return name
}
