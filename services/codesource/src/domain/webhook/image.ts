import { z } from 'zod'

/** A digest of a manifest or an index. */
export const sha256Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256:<64 hexadecimal digits>')

/** A tag as registries allow it. */
export const imageTag = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'expected letters, digits, "_", "." and "-", at most 128')
