import { createInbox, TimeoutError, type Msg, type NatsConnection } from '@nats-io/nats-core'
import { apiPrefix } from '../connection/api-prefix'
import type { Wire } from '../connection/wire'
import { storedMessage, type StoredMessage } from './stored-message'

const batchSize = 500
const silenceMs = 5_000
const emptyCodes = new Set([204, 404])

/** Which messages of a stream to read. */
export interface ReadOptions {
  readonly stream: string
  readonly filter: string
  readonly fromSequence: number
}

/**
 * Reads stored messages from a sequence on, until there are no more. It asks by direct get and makes no consumer: a
 * service has no right to make one, because the server would send what it finds to any subject that the maker names.
 */
export async function* readStored(wire: Wire, options: ReadOptions): AsyncGenerator<StoredMessage> {
  for (let from = Math.max(1, options.fromSequence); ;) {
    const batch = await wire.ask(() => readBatch(wire.connection, { ...options, fromSequence: from }))
    yield* batch
    const last = batch.at(-1)
    if (!last || last.pending === 0) return
    from = last.sequence + 1
  }
}

/** The last message of one subject. */
export function readLast(wire: Wire, stream: string, subject: string): Promise<StoredMessage | undefined> {
  return readOne(wire, `${apiPrefix}.DIRECT.GET.${stream}.${subject}`, '')
}

/** One message by its sequence. */
export function readAt(wire: Wire, stream: string, sequence: number): Promise<StoredMessage | undefined> {
  return readOne(wire, `${apiPrefix}.DIRECT.GET.${stream}`, JSON.stringify({ seq: sequence }))
}

async function readOne(wire: Wire, subject: string, query: string): Promise<StoredMessage | undefined> {
  const answer = await wire.ask(() => wire.connection.request(subject, query, { timeout: silenceMs }))
  return found(answer) ? storedMessage(answer) : undefined
}

function readBatch(connection: NatsConnection, options: ReadOptions): Promise<StoredMessage[]> {
  const { promise, resolve, reject } = Promise.withResolvers<StoredMessage[]>()
  const messages: StoredMessage[] = []
  const inbox = createInbox(inboxPrefix(connection))
  const silence = setTimeout(() => reject(new TimeoutError()), silenceMs)
  const subscription = connection.subscribe(inbox, {
    callback: (error, answer) => {
      if (error) return reject(error)
      silence.refresh()
      try {
        if (found(answer)) messages.push(storedMessage(answer))
        else resolve(messages)
      } catch (failure) {
        reject(failure)
      }
    },
  })
  const query = { seq: options.fromSequence, next_by_subj: options.filter, batch: batchSize }
  connection.publish(`${apiPrefix}.DIRECT.GET.${options.stream}`, JSON.stringify(query), { reply: inbox })
  return promise.finally(() => {
    clearTimeout(silence)
    subscription.unsubscribe()
  })
}

/** False where the server says that there is nothing (more); any other status is an error. */
function found(answer: Msg): boolean {
  const code = answer.headers?.code ?? 0
  if (code === 0) return true
  if (emptyCodes.has(code)) return false
  throw new Error(`the server refused a direct get: ${code} ${answer.headers?.description ?? ''}`)
}

function inboxPrefix(connection: NatsConnection): string {
  const { options } = connection as unknown as { options: { inboxPrefix?: string } }
  return options.inboxPrefix ?? '_INBOX'
}
