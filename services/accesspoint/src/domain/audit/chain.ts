import { sha256, type AccessRecorded } from '@k8or/contracts'

/** A record before it has its place in the chain. */
export type UnchainedRecord = Omit<AccessRecorded, 'replica' | 'sequence' | 'previousHash' | 'hash'>

/** The last link of a chain: where the next one goes on. */
export interface ChainEnd {
  readonly sequence: number
  readonly hash: string
}

/** What the first record of a replica follows. */
export const chainStart: ChainEnd = { sequence: 0, hash: sha256('k8or') }

/** Gives a record its place behind the last one. */
export function link(record: UnchainedRecord, replica: string, end: ChainEnd): AccessRecorded {
  const unhashed = { ...record, replica, sequence: end.sequence + 1, previousHash: end.hash }
  return { ...unhashed, hash: hashOf(unhashed) }
}

/**
 * Where a chain was tampered with: the first record that was removed, changed or moved. Undefined when it is whole.
 * Without `from`, the first record is taken as it is.
 */
export function findBreak(records: readonly AccessRecorded[], from?: ChainEnd): string | undefined {
  let end = from
  for (const record of records) {
    const at = `record ${record.sequence} of ${record.replica}`
    if (end && record.sequence !== end.sequence + 1) return `${at} does not follow record ${end.sequence}`
    if (end && record.previousHash !== end.hash) return `${at} does not follow what is before it`
    if (hashOf(record) !== record.hash) return `${at} was changed`
    end = record
  }
  return undefined
}

/** SHA-256 over the record without its hash; fields in the order of their names, so that a reader's parser may reorder. */
function hashOf(record: Omit<AccessRecorded, 'hash'> & { readonly hash?: string }): string {
  const { hash: _, ...rest } = record
  return sha256(canonical(rest))
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}
