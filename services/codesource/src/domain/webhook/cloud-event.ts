import { z } from 'zod'
import { BoundedText, readPayload } from './payload'
import { MalformedDeliveryError, type WebhookRequest } from './webhook'

const text = BoundedText.min(1)
const Attributes = z.looseObject({
  specversion: z.literal('1.0', 'expected "1.0"'),
  id: text,
  source: text,
  type: text,
  time: z.iso.datetime({ offset: true }).optional(),
})
const Structured = Attributes.extend({ data_base64: z.never('data must be JSON').optional(), data: z.unknown() })

/** A CloudEvent: who says what, and its data. */
export interface CloudEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly data: unknown
}

/**
 * Reads a CloudEvent 1.0 from a request, in structured or binary mode.
 * @throws MalformedDeliveryError that names the attribute
 */
export function readCloudEvent({ headers, body }: WebhookRequest): CloudEvent {
  const contentType = headers['content-type'] ?? ''
  const content = body.toString('utf8')
  if (contentType.startsWith('application/cloudevents+json')) return readPayload('CloudEvent', content, Structured)
  if (contentType.startsWith('application/cloudevents'))
    throw new MalformedDeliveryError(
      `CloudEvents as ${contentType} are not supported: send application/cloudevents+json`,
    )
  const named = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('ce-') && value !== undefined ? [[name.slice(3), decode(value)] as const] : [],
  )
  const read = Attributes.safeParse(Object.fromEntries(named))
  if (!read.success) {
    const [issue] = read.error.issues
    throw new MalformedDeliveryError(
      `malformed CloudEvent: header ce-${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    )
  }
  return { ...read.data, data: readPayload('CloudEvent', content, z.unknown()) }
}

/** What is not ASCII comes percent-encoded. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
