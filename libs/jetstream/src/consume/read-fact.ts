import { parseFact, readEnvelope, subjectOf, typeOf, type EventDefinition, type Fact } from '@k8or/contracts'
import { Never } from '@k8or/outcome'

/** A fact as its handler gets it. */
export interface ReadFact {
  readonly event: EventDefinition
  readonly fact: Fact<unknown>
}

/**
 * Reads a message as one of the facts that are handled; undefined when its type is not among them. The subject must be
 * the one that the contract names: the bus lets only the owner publish there, so a forged type is found out here.
 * @throws Never when it breaks the envelope, the contract or the subject
 */
export function readFact(
  data: Uint8Array,
  subject: string,
  events: ReadonlyMap<string, EventDefinition>,
): ReadFact | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(data))
    const { type, token } = readEnvelope(json)
    const event = events.get(type)
    if (!event) return undefined
    if (subjectOf(event, token) !== subject) throw new Error(`a ${type} of ${token} does not belong on ${subject}`)
    return { event, fact: parseFact(event, json) }
  } catch (error) {
    throw new Never(`unreadable fact on ${subject}`, { cause: error })
  }
}

/** Events by the type that their envelopes name. */
export function eventsByType(events: Iterable<EventDefinition>): Map<string, EventDefinition> {
  return new Map([...events].map((event) => [typeOf(event), event]))
}
