import type { Msg } from '@nats-io/nats-core'
import { describeError } from '@k8or/outcome'
import type { Wire } from '../connection/wire'
import { pause } from '../pause'
import { RowView } from './row-view'
import { rowOf, type StoredRow } from './stored-row'

/** How often a watcher asks for what it may have missed: rows are told at most once. */
const catchUpMs = 30_000
const retryMs = 500

/** What a watch of rows needs. */
export interface WatchOptions {
  readonly wire: Wire
  readonly bucket: string
  /** Prefix of the subjects on which the server tells each row once it is stored. */
  readonly told: string
  readonly filter: string
  readonly signal: AbortSignal
  readonly read: (fromSequence: number) => AsyncIterable<StoredRow>
  readonly onRow: (row: StoredRow) => void
}

/**
 * Watches rows without a consumer: listens to what the server tells of stored rows, then reads all there are. After each
 * reconnect it reads them all again, so deletions that happened meanwhile are seen. Resolves after the first reading.
 */
export async function watchRows(options: WatchOptions): Promise<void> {
  const { signal } = options
  const { connection, reconnects } = options.wire
  if (signal.aborted) return
  const view = new RowView(options.onRow)
  const subscription = connection.subscribe(options.told + options.filter, {
    callback: (error, message) => (error ? warn(options, error) : view.take(toldRow(message, options.told))),
  })
  reconnects.on(() => void readAll(options, view), signal)
  const catchUp = setInterval(() => void readNewer(options, view), catchUpMs)
  catchUp.unref()
  const end = () => {
    clearInterval(catchUp)
    if (!connection.isClosed()) subscription.unsubscribe()
  }
  signal.addEventListener('abort', end, { once: true })
  await readAll(options, view)
}

async function readAll(options: WatchOptions, view: RowView): Promise<void> {
  const { connection } = options.wire
  while (!options.signal.aborted && !connection.isClosed()) {
    const reading = view.beginReading()
    try {
      // The listening must have reached the server before the reading begins, else a row between the two is missed.
      await options.wire.ask(() => connection.flush())
      for await (const row of options.read(1)) view.take(row)
      view.endReading(reading)
      return
    } catch (error) {
      view.dropReading(reading)
      if (!connection.isClosed()) warn(options, error)
      await pause(retryMs, options.signal)
    }
  }
}

async function readNewer(options: WatchOptions, view: RowView): Promise<void> {
  try {
    for await (const row of options.read(view.lastRevision + 1)) view.take(row)
  } catch (error) {
    if (!options.wire.connection.isClosed()) warn(options, error)
  }
}

function toldRow(message: Msg, prefix: string): StoredRow {
  const { headers, subject, data } = message
  if (!headers) throw new Error(`the server told ${subject} without headers`)
  return rowOf({ subject, sequence: Number(headers.last('Nats-Sequence')), headers, data }, prefix)
}

function warn({ wire, bucket, filter }: WatchOptions, error: unknown): void {
  wire.log.warn({ bucket, filter, reason: describeError(error) }, 'watching rows falters')
}
