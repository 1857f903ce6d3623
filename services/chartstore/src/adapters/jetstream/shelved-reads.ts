import { sha256, type ReleaseRecord } from '@k8or/contracts'

type Reads = ReleaseRecord['reads']

/** Rows stay below 4 KiB: what is longer lies beside the manifests. */
const maxRowBytes = 1_500

/** Where long lists of reads are kept, by digest. */
export interface Shelf {
  put(digest: string, text: string): Promise<void>
  get(digest: string): Promise<Uint8Array | undefined>
}

/** A release as its row has it. */
export async function shelveReads(record: ReleaseRecord, shelf: Shelf): Promise<ReleaseRecord> {
  const text = JSON.stringify(record.reads)
  if (text.length <= maxRowBytes) return { ...record, readsDigest: '' }
  const readsDigest = sha256(text)
  if (readsDigest !== record.readsDigest) await shelf.put(readsDigest, text)
  return { ...record, readsDigest, reads: [] }
}

/** A row with what lies beside it; what is lost there only makes the release be rendered anew. */
export async function takeReads(row: ReleaseRecord, shelf: Shelf): Promise<ReleaseRecord> {
  if (row.readsDigest === '') return row
  const text = await shelf.get(row.readsDigest)
  return { ...row, reads: text ? (JSON.parse(Buffer.from(text).toString()) as Reads) : [] }
}
