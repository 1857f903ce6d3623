import type { MsgHdrs } from '@nats-io/nats-core'

/** A row as the server stores it; `deleted` for what KV calls DEL and PURGE, and for rows that ran out. */
export interface StoredRow {
  readonly key: string
  readonly revision: number
  readonly deleted: boolean
  readonly data: Uint8Array
}

/** The row that a stored message holds; the key is the subject behind the prefix. */
export function rowOf(
  message: { subject: string; sequence: number; headers: MsgHdrs; data: Uint8Array },
  prefix: string,
): StoredRow {
  return {
    key: message.subject.slice(prefix.length),
    revision: message.sequence,
    deleted: isDeletion(message.headers),
    data: message.data,
  }
}

function isDeletion(headers: MsgHdrs): boolean {
  return headers.has('Nats-Marker-Reason') || ['DEL', 'PURGE'].includes(headers.get('KV-Operation'))
}
