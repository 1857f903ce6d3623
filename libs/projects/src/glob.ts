/** One place of a pattern: what it takes, and where one may be after it. Without `takes` nothing is read. */
interface Place {
  readonly takes?: (char: string) => boolean
  readonly next: readonly number[]
}

interface Reader {
  readonly places: Place[]
  readonly isOrdinary: (char: string) => boolean
}

const compiled = new Map<string, readonly Place[] | undefined>()
const mostKept = 5_000
const token = /\\(?<literal>[^])|\[(?<not>!?)(?<members>[^\]]+)\]|(?<many>\*\*+)|[^]/gu

/**
 * Whether a text matches a glob of Argo CD as a whole: `*` is any text (with a separator: any text without it, and `**` any
 * text at all), `?` one character, `[a-z]` and `[!a-z]` sets, `{a,b}` a choice, a backslash takes the meaning away. What can
 * not be read matches nothing. The time it takes grows with the length of both, whatever the pattern is.
 */
export function matchesGlob(pattern: string, text: string, separator = ''): boolean {
  if (pattern === '*' && separator === '') return true
  const places = placesOf(pattern, separator)
  return places !== undefined && runs(places, text)
}

/** A list entry of Argo CD that is a glob, or a regular expression between slashes. */
export function matchesGlobOrExpression(pattern: string, text: string): boolean {
  if (pattern.length < 2 || !pattern.startsWith('/') || !pattern.endsWith('/')) return matchesGlob(pattern, text)
  try {
    return new RegExp(pattern.slice(1, -1)).test(text)
  } catch {
    return false
  }
}

function placesOf(pattern: string, separator: string): readonly Place[] | undefined {
  const key = `${separator}\n${pattern}`
  if (compiled.has(key)) return compiled.get(key)
  if (compiled.size >= mostKept) compiled.clear()
  const places = compile(pattern, separator)
  compiled.set(key, places)
  return places
}

/** All places where one may be are followed at once: no pattern makes it go back and try again. */
function runs(places: readonly Place[], text: string): boolean {
  let here = reach(places, [0])
  for (const char of text) {
    const after: number[] = []
    for (const at of here) if (places[at]?.takes?.(char)) after.push(...places[at].next)
    if (after.length === 0) return false
    here = reach(places, after)
  }
  return here.has(places.length)
}

/** Where one may be without reading anything more. The number of places itself stands for the end. */
function reach(places: readonly Place[], from: readonly number[]): Set<number> {
  const reached = new Set<number>()
  const open = [...from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue
    reached.add(at)
    const place = places[at]
    if (place && !place.takes) open.push(...place.next)
  }
  return reached
}

function compile(pattern: string, separator: string): readonly Place[] | undefined {
  const reader: Reader = { places: [], isOrdinary: (char) => char !== separator }
  const choices: { readonly start: number; readonly starts: number[]; readonly ends: number[] }[] = []
  for (const { 0: text, groups = {} } of pattern.matchAll(token)) {
    const choice = choices.at(-1)
    if (text === '{') {
      choices.push({ start: add(reader, []), starts: [reader.places.length], ends: [] })
    } else if (text === ',' && choice) {
      choice.ends.push(add(reader, []))
      choice.starts.push(reader.places.length)
    } else if (text === '}' && choice) {
      choices.pop()
      choice.ends.push(add(reader, []))
      reader.places[choice.start] = { next: choice.starts }
      for (const end of choice.ends) reader.places[end] = { next: [reader.places.length] }
    } else if (!addSimple(reader, text, groups)) return undefined
  }
  return choices.length === 0 ? reader.places : undefined
}

/** Adds what is no choice; false when it can not be read. */
function addSimple(reader: Reader, text: string, groups: Readonly<Record<string, string | undefined>>): boolean {
  const { isOrdinary } = reader
  const { literal, members, not, many } = groups
  if (literal !== undefined) take(reader, (char) => char === literal)
  else if (members !== undefined) {
    const isMember = membership(members)
    take(reader, (char) => isMember(char) !== (not === '!'))
  } else if (many !== undefined) repeat(reader, () => true)
  else if (text === '*') repeat(reader, isOrdinary)
  else if (text === '?') take(reader, isOrdinary)
  else if (text === '[' || text === '\\') return false
  else take(reader, (char) => char === text)
  return true
}

function add({ places }: Reader, next: readonly number[], takes?: Place['takes']): number {
  return places.push(takes ? { takes, next } : { next }) - 1
}

function take(reader: Reader, takes: (char: string) => boolean): void {
  add(reader, [reader.places.length + 1], takes)
}

/** As often as it likes, also never. */
function repeat(reader: Reader, takes: (char: string) => boolean): void {
  const start = reader.places.length
  add(reader, [start + 1, start + 2])
  add(reader, [start], takes)
}

function membership(members: string): (char: string) => boolean {
  const chars = Array.from(members)
  const ranges = chars.flatMap((low, at) => {
    const high = chars[at + 2]
    return chars[at + 1] === '-' && high !== undefined ? [{ low, high }] : []
  })
  return (char) => chars.includes(char) || ranges.some(({ low, high }) => low <= char && char <= high)
}
