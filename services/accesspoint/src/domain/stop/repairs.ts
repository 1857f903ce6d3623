import { stopKey, type StopRecord } from '@k8or/contracts'
import type { StopCopies } from './stops'

/** A row of the record of stops. */
export interface StopRow {
  readonly key: string
  readonly value: StopRecord
  readonly revision: number
}

/** What is to be done so that the record, its facts and the copies on the hub say the same. */
export type StopRepair =
  /** The hub has no copy of a stop that stands, or one of a former stop. */
  | { readonly kind: 'copy'; readonly stop: StopRecord }
  /** What a row says was not announced to its end. */
  | { readonly kind: 'settle'; readonly row: StopRow }
  /** The record lost a stop that stands. */
  | { readonly kind: 'restore'; readonly key: string; readonly stop: StopRecord }
  /** Copied once more while it was being lifted. */
  | { readonly kind: 'removeCopy'; readonly cluster: string }

/**
 * What was lost, here or there, and what a crash left undone. The rows must have been read before the copies: lifting takes
 * the copy away before the row, so a stop that is being lifted is not taken for one that was lost. Each repair is decided
 * when it is asked for, as a stop may be lifted while the one before is made.
 */
export function* repairsOf(
  rows: readonly StopRow[],
  copies: StopCopies,
  stands: (stop: StopRecord) => boolean,
): Generator<StopRepair, void> {
  for (const row of rows) {
    const { key, value } = row
    const isCopied = copies.get(key)?.since === value.since
    if (!value.lifted && !isCopied && stands(value)) yield { kind: 'copy', stop: value }
    if (isUnsaid(value)) yield { kind: 'settle', row }
  }
  const known = new Set(rows.map(({ key }) => key))
  for (const [key, stop] of copies) {
    if (known.has(key) || key !== stopKey(stop.cluster)) continue
    yield stands(stop) ? { kind: 'restore', key, stop } : { kind: 'removeCopy', cluster: stop.cluster }
  }
}

/** Whether the newest fact of a stop may not be stored yet. */
export function isUnsaid({ announced }: StopRecord): boolean {
  return announced === false
}
