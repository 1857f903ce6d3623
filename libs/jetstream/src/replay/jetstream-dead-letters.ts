import { readEnvelope, replaySubject, streams } from '@k8or/contracts'
import { describeError } from '@k8or/outcome'
import type { DeadLetter, DeadLetters } from '../bus'
import type { Wire } from '../connection/wire'
import { readDeadLetterNote } from '../consume/dead-letter'
import { busFailure } from '../errors'
import { readAt, readStored } from '../stored/read-stored'
import type { StoredMessage } from '../stored/stored-message'
import { streamInfo } from '../stored/stream-info'

const stream = streams.DEAD.name

/** The dead letters of all services, in the stream DEAD. */
export class JetStreamDeadLetters implements DeadLetters {
  constructor(private readonly wire: Wire) {}

  async list(limit: number): Promise<DeadLetter[]> {
    try {
      const { state } = await streamInfo(this.wire, stream)
      const fromSequence = Math.max(state.first_seq, state.last_seq - limit + 1)
      const letters: DeadLetter[] = []
      for await (const message of readStored(this.wire, { stream, filter: '>', fromSequence })) {
        letters.push(letterOf(message))
      }
      return letters.reverse().slice(0, limit)
    } catch (error) {
      throw busFailure('list dead letters', error)
    }
  }

  async replay(id: number): Promise<boolean> {
    try {
      const message = await readAt(this.wire, stream, id)
      if (!message) return false
      const { service, subject } = readDeadLetterNote(message.headers)
      await this.wire.store(replaySubject(service, subject), message.data, () => ({ msgID: `replay-${id}` }))
      return true
    } catch (error) {
      throw busFailure(`replay dead letter ${id}`, error)
    }
  }
}

function letterOf(message: StoredMessage): DeadLetter {
  return { id: message.sequence, ...readDeadLetterNote(message.headers), eventId: eventId(message) }
}

/** The id of the fact; a letter that can not be read says why it can not. */
function eventId(message: StoredMessage): string {
  try {
    return readEnvelope(JSON.parse(new TextDecoder().decode(message.data))).id
  } catch (error) {
    return `(unreadable: ${describeError(error).slice(0, 80)})`
  }
}
