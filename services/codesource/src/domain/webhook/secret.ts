import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Compares two secrets in a time that tells nothing about either. */
export function equalsSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

/** Whether `sha256=<hex>` is the HMAC of the body. */
export function isSignedBy(secret: string, body: Buffer, signature: string): boolean {
  return equalsSecret(signature, `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
