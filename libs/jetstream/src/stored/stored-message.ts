import type { Msg, MsgHdrs } from '@nats-io/nats-core'

/** A message as a stream holds it. */
export interface StoredMessage {
  readonly subject: string
  readonly sequence: number
  readonly time: Date
  /** How many more match, by what the server knew when it answered. */
  readonly pending: number
  readonly headers: MsgHdrs
  readonly data: Uint8Array
}

/** Reads the answer of a direct get, which names the stored message in its headers. */
export function storedMessage(answer: Msg): StoredMessage {
  const { headers } = answer
  if (!headers) throw new Error('the server answered a direct get without headers')
  return {
    subject: headers.last('Nats-Subject'),
    sequence: Number(headers.last('Nats-Sequence')),
    time: new Date(headers.last('Nats-Time-Stamp')),
    pending: Number(headers.last('Nats-Num-Pending') || 0),
    headers,
    data: answer.data,
  }
}
