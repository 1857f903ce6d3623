import { deadSubject, type ServiceName } from '@k8or/contracts'
import { headers, type MsgHdrs } from '@nats-io/nats-core'

/** What a dead letter says about itself, besides the fact that it holds. */
export interface DeadLetterNote {
  readonly service: ServiceName
  /** The subject of the fact. */
  readonly subject: string
  readonly reason: string
  readonly time: string
  /** Where the fact was taken from. */
  readonly stream: string
  readonly sequence: number
  readonly attempts: number
}

const names = {
  service: 'K8or-Service',
  subject: 'K8or-Subject',
  reason: 'K8or-Reason',
  time: 'K8or-Time',
  stream: 'K8or-Stream',
  sequence: 'K8or-Sequence',
  attempts: 'K8or-Attempts',
} as const

/** A dead letter ready to be published: where, under which id, with which headers. */
export function writeDeadLetter(note: DeadLetterNote): { subject: string; id: string; headers: MsgHdrs } {
  // A fresh set of headers: with those of the fact the server would take the copy for a duplicate.
  const written = headers()
  for (const [field, name] of Object.entries(names)) {
    written.set(name, oneLine(String(note[field as keyof DeadLetterNote])))
  }
  return {
    subject: deadSubject(note.service, note.subject),
    id: `dlq-${note.stream}-${note.sequence}-${note.service}`,
    headers: written,
  }
}

/** Reads back what `writeDeadLetter` wrote. */
export function readDeadLetterNote(written: MsgHdrs): DeadLetterNote {
  return {
    service: written.get(names.service) as ServiceName,
    subject: written.get(names.subject),
    reason: written.get(names.reason),
    time: written.get(names.time),
    stream: written.get(names.stream),
    sequence: Number(written.get(names.sequence)),
    attempts: Number(written.get(names.attempts)),
  }
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').slice(0, 2_000)
}
