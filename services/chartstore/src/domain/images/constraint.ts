import { parse, satisfies, type SemVer } from 'semver'

/** Which versions are wanted. */
export interface Constraint {
  readonly admits: (version: SemVer) => boolean
}

interface Group {
  readonly ranges: readonly string[]
  readonly excluded: readonly string[]
  readonly admitsPreReleases: boolean
}

type Parts = readonly [major?: number, minor?: number, patch?: number]

const lenient = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/
const part = String.raw`(?:\d+|[xX*])`
const version = String.raw`v?${part}(?:\.${part}){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?`
const hyphen = new RegExp(String.raw`(${version})\s+-\s+(${version})`, 'g')
const comparator = new RegExp(String.raw`\s*(=|==|!=|>=|=>|<=|=<|>|<|~>|~|\^)?\s*(${version})(?=[\s,<>=!~^]|$),?`, 'y')
const pieces = new RegExp(String.raw`^v?(${part})(?:\.(${part}))?(?:\.(${part}))?(-[0-9A-Za-z.-]+)?`)

/** Reads a tag as a version: a leading `v` is ignored, what is left out is 0. */
export function versionOf(tag: string): SemVer | undefined {
  const [, major, minor = '0', patch = '0', pre = ''] = lenient.exec(tag) ?? []
  if (major === undefined) return undefined
  return parse(`${[major, minor, patch].map((each) => each.replace(/^0+(?=\d)/, '')).join('.')}${pre}`) ?? undefined
}

/**
 * Reads a constraint as the image updater does: comparators joined by commas or spaces, alternatives by `||`. Releases before
 * a version (`1.3.0-rc.1`) are admitted only where a comparator has one too, as in `~1.3-0`.
 */
export function parseConstraint(text: string): Constraint | undefined {
  const groups = text.split('||').map(parseGroup)
  if (!groups.every((group) => group !== undefined)) return undefined
  return { admits: (candidate) => groups.some((group) => admits(group, candidate)) }
}

function admits({ ranges, excluded, admitsPreReleases }: Group, candidate: SemVer): boolean {
  if (candidate.prerelease.length > 0 && !admitsPreReleases) return false
  const matches = (range: string) => satisfies(candidate, range, { includePrerelease: true })
  return ranges.every(matches) && !excluded.some(matches)
}

function parseGroup(text: string): Group | undefined {
  const expanded = text.replace(hyphen, '>=$1 <=$2').trim()
  if (expanded === '') return undefined
  const group = { ranges: [] as string[], excluded: [] as string[], admitsPreReleases: false }
  comparator.lastIndex = 0
  while (comparator.lastIndex < expanded.length) {
    const match = comparator.exec(expanded)
    if (!match) return undefined
    const [, operator = '=', written = ''] = match
    const [, major, minor, patch, pre = ''] = pieces.exec(written) ?? []
    const range = rangeOf(operator, partsOf(major, minor, patch), pre)
    if (operator === '!=') group.excluded.push(range)
    else group.ranges.push(range)
    if (pre !== '') group.admitsPreReleases = true
  }
  return group
}

/** Parts up to the first that is left open. */
function partsOf(...written: (string | undefined)[]): Parts {
  const open = written.findIndex((each) => each === undefined || /[xX*]/.test(each))
  return written.slice(0, open === -1 ? 3 : open).map(Number) as unknown as Parts
}

/** A comparator in the words of the package: each is a lower and an upper bound. */
function rangeOf(operator: string, parts: Parts, pre: string): string {
  const [major] = parts
  const low = fill(parts, pre)
  if (major === undefined) return /^[<>]$/.test(operator) ? '<0.0.0-0' : '*'
  switch (operator) {
    case '<':
      return `<${low}`
    case '>':
      return parts.length < 3 && pre === '' ? `>=${bump(parts)}` : `>${low}`
    case '>=':
    case '=>':
      return `>=${low}`
    case '<=':
    case '=<':
      return parts.length < 3 ? `<${bump(parts)}-0` : `<=${low}`
    case '~':
    case '~>':
      return `>=${low} <${bump(parts.slice(0, 2) as unknown as Parts)}-0`
    case '^':
      return `>=${low} <${bump(parts.slice(0, leading(parts)) as unknown as Parts)}-0`
    default:
      return parts.length < 3 ? `>=${low} <${bump(parts)}-0` : `=${low}`
  }
}

/** How many parts a caret holds fast: up to the first that is not 0. */
function leading(parts: Parts): number {
  const first = parts.findIndex((each) => (each ?? 0) > 0)
  return first === -1 ? parts.length : first + 1
}

function fill([major = 0, minor = 0, patch = 0]: Parts, pre = ''): string {
  return `${major}.${minor}.${patch}${pre}`
}

/** The first version beyond those that begin so. */
function bump(parts: Parts): string {
  return fill(parts.map((each, at) => (at === parts.length - 1 ? (each ?? 0) + 1 : each)) as unknown as Parts)
}
