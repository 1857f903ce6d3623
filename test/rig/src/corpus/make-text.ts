import { gzipSync } from 'node:zlib'

/** A text, or bytes that are none. */
export type Made = string | Buffer

const makers: Readonly<Record<string, (given: never) => Made>> = {
  /** `[text, times]` */
  $repeat: ([text, times]: [string, number]) => text.repeat(times),
  /** `[before, times, core, behind]` */
  $nest: ([before, times, core, behind]: [string, number, string, string]) =>
    before.repeat(times) + core + behind.repeat(times),
  /** `[line, times]`: `#` in the line stands for its number. */
  $lines: ([line, times]: [string, number]) =>
    Array.from({ length: times }, (_, index) => line.replaceAll('#', String(index))).join('\n'),
  $gzip: (content: Made) => gzipSync(content),
  $base64: (text: string) => Buffer.from(text, 'base64'),
  $json: (value: unknown) => JSON.stringify(value),
  $join: (parts: Made[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string))),
}

/** Replaces each map `{ $maker: given }` by what it makes: what is too long to be written down, or no text. */
export function made(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(made)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, made(inner)] as const)
  const [only, ...others] = entries
  const maker = only && others.length === 0 ? makers[only[0]] : undefined
  return maker ? maker(only?.[1] as never) : Object.fromEntries(entries)
}
