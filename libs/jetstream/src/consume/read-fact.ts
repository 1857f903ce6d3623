import {
  events as everyEvent,
  parseFact,
  readEnvelope,
  subjectOf,
  typeOf,
  type EventDefinition,
  type Fact,
} from '@k8or/contracts'
import { describeJsonError, Never } from '@k8or/outcome'

/** A fact as its handler gets it. */
export interface ReadFact {
  readonly event: EventDefinition
  readonly fact: Fact<unknown>
}

/**
 * Reads a message as one of the facts that are handled; undefined when it is another of the mesh's facts. The subject must be
 * the one that the contract names: the bus lets only the owner publish there, so a forged type is found out here.
 * @throws Never when it breaks the envelope, the contract or the subject, or is of a type or version that is not known here
 */
export function readFact(
  data: Uint8Array,
  subject: string,
  events: ReadonlyMap<string, EventDefinition>,
): ReadFact | undefined {
  try {
    const json = readJson(data)
    const { type, token } = readEnvelope(json)
    const event = events.get(type) ?? known.get(type)
    if (!event) throw new Error(`type ${type} is not known here: upgrade this service, then replay the dead letter`)
    if (subjectOf(event, token) !== subject) throw new Error(`a ${type} of ${token} does not belong on ${subject}`)
    return events.has(type) ? { event, fact: parseFact(event, json) } : undefined
  } catch (error) {
    throw new Never(`unreadable fact on ${subject}`, { cause: error })
  }
}

function readJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data))
  } catch (error) {
    throw new Never(`it is not JSON: ${describeJsonError(error)}`)
  }
}

/** Events by the type that their envelopes name. */
export function eventsByType(events: Iterable<EventDefinition>): Map<string, EventDefinition> {
  return new Map([...events].map((event) => [typeOf(event), event]))
}

const known = eventsByType(everyEvent)
