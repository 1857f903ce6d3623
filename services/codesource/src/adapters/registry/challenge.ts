/** What a registry asks for, from its header WWW-Authenticate. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string; readonly scope: string }

const parameter = /([a-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))/gi

/** Reads the first challenge that is understood. */
export function readChallenge(header: string | undefined): Challenge | undefined {
  const text = header ?? ''
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/i.exec(text)?.[1]
  if (bearer === undefined) return /(?:^|,\s*)basic(?:\s|$)/i.test(text) ? { scheme: 'basic' } : undefined
  const found = [...bearer.matchAll(parameter)].map(
    ([, name = '', quoted, plain = '']) => [name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain] as const,
  )
  const { realm = '', service = '', scope = '' } = Object.fromEntries(found) as Record<string, string | undefined>
  return URL.canParse(realm) ? { scheme: 'bearer', realm, service, scope } : undefined
}

/** How long a registry wants to be left alone: seconds, or a date. */
export function readRetryAfter(header: string | undefined, now: Date, most: number): number {
  const seconds = Number(header)
  const ms =
    header !== undefined && Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header ?? '') - now.getTime()
  return Math.min(Math.max(Number.isFinite(ms) ? ms : 1_000, 500), most)
}

/** The address of the next page. */
export function readNextLink(header: string | undefined, from: string): URL | undefined {
  const target = /<([^>]+)>\s*;[^,]*\brel="?next"?/i.exec(header ?? '')?.[1]
  return target === undefined || !URL.canParse(target, from) ? undefined : new URL(target, from)
}
