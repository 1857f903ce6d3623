import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Compares two secrets in a time that tells nothing about either. */
export function equalsSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

/** Whether `sha256=<hex>` is the HMAC of the body. */
export function isSignedBy(secret: string, body: Buffer, signature: string): boolean {
  return equalsSecret(signature, `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
}

/** Why a request does not show the secret as its bearer token; undefined when it does. */
export function bearerRefusal(
  authorization: string | undefined,
  secret: string,
  secretKey: string,
): string | undefined {
  if (authorization === undefined)
    return `header Authorization is missing: send "Bearer <token>" with the token of ${secretKey}`
  const shown = /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? ''
  return equalsSecret(shown, secret) ? undefined : `header Authorization is not "Bearer" and the token of ${secretKey}`
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
