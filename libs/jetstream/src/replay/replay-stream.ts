import { readEnvelope, type Fact } from '@k8or/contracts'
import { describeError } from '@k8or/outcome'
import type { ReplayOptions } from '../bus'
import type { Wire } from '../connection/wire'
import { pause } from '../pause'
import { readStored } from '../stored/read-stored'
import type { StoredMessage } from '../stored/stored-message'
import { streamInfo } from '../stored/stream-info'
import { matchesAny } from './subject-filter'
import { Wake } from './wake'

const retryMs = 1_000
/** Being told of a new message is at most once: look this often anyway. */
const lookMs = 15_000

/** The subjects on which the server tells what a stream has stored, headers alone. */
export function storedPrefix(stream: string): string {
  return `stored.${stream}.`
}

/** Delivers the facts of a stream in order, those that are there and those that come, until the signal aborts. */
export async function replayStream(wire: Wire, options: ReplayOptions): Promise<void> {
  const { connection, reconnects } = wire
  const { stream, signal } = options
  const wake = new Wake(signal)
  const subscription = connection.subscribe(`${storedPrefix(stream)}>`, { callback: () => wake.now() })
  const cursor: Cursor = { sequence: options.fromSequence, created: options.ofStream, caughtUp: false, isSure: false }
  const back = () => {
    cursor.isSure = false
    wake.now()
  }
  reconnects.on(back, signal)
  while (!signal.aborted && !connection.isClosed()) {
    wake.reset()
    if (await readOn(wire, options, cursor)) await wake.wait(lookMs)
    else await pause(retryMs, signal)
  }
  if (!connection.isClosed()) subscription.unsubscribe()
}

interface Cursor {
  sequence: number
  /** When the stream was made that the sequence counts in. */
  created: string | undefined
  caughtUp: boolean
  /** Whether the stream is known to be that one. */
  isSure: boolean
}

/** Reads up to the end; false when something failed on the way, the cursor then stands behind the last success. */
async function readOn(wire: Wire, options: ReplayOptions, cursor: Cursor): Promise<boolean> {
  const { stream, filters = [] } = options
  const filter = filters.length === 1 ? (filters[0] ?? '>') : '>'
  try {
    await wire.ask(() => wire.connection.flush())
    if (!cursor.isSure) await findStream(wire, options, cursor)
    const before = cursor.sequence
    for await (const message of readStored(wire, { stream, filter, fromSequence: cursor.sequence + 1 })) {
      if (options.signal.aborted) return true
      if (matchesAny(filters, message.subject)) await deliver(wire, options, message)
      cursor.sequence = message.sequence
    }
    // A stream that says nothing may have become another one.
    if (cursor.sequence === before) cursor.isSure = false
    if (!cursor.caughtUp) options.onCaughtUp?.()
    cursor.caughtUp = true
    return true
  } catch (error) {
    if (!wire.connection.isClosed()) {
      wire.log.warn({ stream, after: cursor.sequence, reason: describeError(error) }, 'a replay falters')
    }
    return false
  }
}

/** Whoever lost a disk or restored a backup has other streams, whose sequences begin anew. */
async function findStream(wire: Wire, { stream, onStream }: ReplayOptions, cursor: Cursor): Promise<void> {
  const { created, state } = await streamInfo(wire, stream)
  // An older copy of the same stream ends before what was read of it.
  const isOlder = state.last_seq < cursor.sequence
  const isAnother = cursor.created !== undefined && (cursor.created !== created || isOlder)
  if (isAnother) cursor.sequence = 0
  if (isAnother || cursor.created !== created || !cursor.caughtUp) onStream?.({ created, isAnother })
  cursor.created = created
  cursor.isSure = true
}

async function deliver(wire: Wire, options: ReplayOptions, message: StoredMessage): Promise<void> {
  const fact = factOf(message)
  if (!fact) {
    wire.log.error({ stream: options.stream, sequence: message.sequence, subject: message.subject }, 'no fact, skipped')
    return
  }
  await options.onFact(fact, { sequence: message.sequence, subject: message.subject, time: message.time })
}

function factOf(message: StoredMessage): Fact<unknown> | undefined {
  try {
    return readEnvelope(JSON.parse(new TextDecoder().decode(message.data)))
  } catch {
    return undefined
  }
}
