import { describeJsonError } from '@k8or/outcome'
import { z } from 'zod'
import { MalformedDeliveryError } from './webhook'

/** A text of a payload that goes into a fact: what is longer names nothing, and would fill the stream. */
export const BoundedText = z.string().max(4_096)

/** Reads a payload by its schema; an error names the field. */
export function readPayload<Value>(title: string, body: string, schema: z.ZodType<Value>): Value {
  const parsed = schema.safeParse(readJson(title, body))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? ''
  throw new MalformedDeliveryError(`malformed ${title} payload: field ${field || '(root)'}: ${issue?.message ?? ''}`)
}

function readJson(title: string, body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new MalformedDeliveryError(`malformed ${title} payload: the body is not JSON: ${describeJsonError(cause)}`)
  }
}

/** The URLs that a payload really names, each once. */
export function namedUrls(urls: readonly (string | undefined)[]): string[] {
  return [...new Set(urls.flatMap((url) => (url === undefined || url === '' ? [] : [url])))]
}
