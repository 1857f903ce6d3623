import { z } from 'zod'
import { RegistryError } from '../../domain/image/registry-error'

/** A header that counts until a moment of the monotonic clock. */
export interface Token {
  readonly authorization: string
  readonly until: number
}

const Answer = z.looseObject({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().positive().default(60),
})

/** What a token service hands out. */
export function readToken(registry: string, body: Buffer): Token {
  const { token, access_token, expires_in } = Answer.safeParse(parseJson(body)).data ?? {}
  const shown = token ?? access_token
  if (shown === undefined || !/^[\x21-\x7e]+$/.test(shown))
    throw new RegistryError(`the token service of registry ${registry} hands out no token`, 'untrue')
  // Not until its last moment: the question is still on its way then.
  return { authorization: `Bearer ${shown}`, until: performance.now() + (expires_in ?? 60) * 900 }
}

/** Undefined where it is not JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
