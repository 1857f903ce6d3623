import { compare } from 'semver'
import { parseConstraint, versionOf } from './constraint'
import type { KnownTag } from './known-tag'

/** By what one tag is preferred to another. */
export type Strategy = 'semver' | 'newest-build' | 'digest' | 'alphabetical'

interface Ordering {
  /** Makes what says why a tag can not take part; undefined when it can. */
  readonly judge: (constraint: string) => (tag: KnownTag) => string | undefined
  /** Positive when the first is to be preferred. */
  readonly compare: (one: KnownTag, other: KnownTag) => number
  readonly reason: (best: KnownTag, admitted: number, constraint: string) => string
}

/** Every strategy by its name. */
export const strategies: Readonly<Record<Strategy, Ordering>> = {
  semver: {
    judge: judgeVersion,
    compare: compareVersions,
    reason: ({ name }, admitted, constraint) =>
      `${name} is the highest of ${count(admitted, 'version')}${constraint === '' ? '' : ` that ${constraint} admits`}`,
  },
  'newest-build': {
    judge:
      () =>
      ({ name, created }) =>
        created === undefined ? `it is not known when ${name} was built` : undefined,
    compare: (one, other) => builtAt(one) - builtAt(other) || compareNames(one, other),
    reason: ({ name, created = '' }, admitted) =>
      `${name} is the newest build of ${count(admitted, 'tag')}, of ${created}`,
  },
  digest: {
    judge:
      (constraint) =>
      ({ name }) =>
        name === constraint ? undefined : `${name} is not ${constraint}, the tag that is followed`,
    compare: () => 0,
    reason: ({ name, digest }) => (digest === undefined ? `${name} is followed` : `${name} is now ${digest}`),
  },
  alphabetical: {
    judge: () => () => undefined,
    compare: compareNames,
    reason: ({ name }, admitted) => `${name} is the last of ${count(admitted, 'tag')} by name`,
  },
}

/** The updater's older names. */
const olderNames = new Map<string, Strategy>([
  ['latest', 'newest-build'],
  ['name', 'alphabetical'],
])

export function strategyOf(text: string): Strategy | undefined {
  return Object.hasOwn(strategies, text) ? (text as Strategy) : olderNames.get(text)
}

function judgeVersion(text: string): (tag: KnownTag) => string | undefined {
  const constraint = text === '' ? undefined : parseConstraint(text)
  return ({ name }) => {
    const version = versionOf(name)
    if (!version) return `${name} is no version`
    if (text === '')
      return version.prerelease.length === 0
        ? undefined
        : `${name} comes before a release, and no constraint asks for such (add -0)`
    if (!constraint) return `"${text}" is no constraint`
    return constraint.admits(version) ? undefined : `${text} does not admit ${name}`
  }
}

function compareVersions(one: KnownTag, other: KnownTag): number {
  const versions = [versionOf(one.name), versionOf(other.name)] as const
  if (versions[0] && versions[1]) return compare(versions[0], versions[1])
  return Number(versions[0] !== undefined) - Number(versions[1] !== undefined)
}

function compareNames({ name: one }: KnownTag, { name: other }: KnownTag): number {
  return one === other ? 0 : one > other ? 1 : -1
}

function builtAt({ created }: KnownTag): number {
  return created === undefined ? Number.NEGATIVE_INFINITY : Date.parse(created)
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`
}
