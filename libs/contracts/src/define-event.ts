import type { z } from 'zod'
import { Envelope, type Fact } from './envelope'
import type { ServiceName } from './services'

/** What a fact's subject ends with. */
export type TokenKind = 'application' | 'repository' | 'image' | 'cluster' | 'none'

/** A fact's contract: who owns it, where it is published, what it carries. */
export interface EventDefinition<Data = unknown, Owner extends ServiceName = ServiceName> {
  readonly owner: Owner
  /** Noun and past participle, such as `release.rendered`. */
  readonly fact: string
  readonly version: number
  readonly stream: 'FACTS' | 'ACCESS'
  readonly tokenKind: TokenKind
  readonly description: string
  readonly schema: z.ZodType<Data>
}

/** Declares one fact: from this come subject, check, JSON Schema, AsyncAPI and the bus's permissions. */
export function defineEvent<Data, Owner extends ServiceName>(
  definition: EventDefinition<Data, Owner>,
): EventDefinition<Data, Owner> {
  return Object.freeze(definition)
}

/** CloudEvents type of a fact, with its version: `dev.k8or.release.rendered.v1`. */
export function typeOf(event: EventDefinition): string {
  return `dev.k8or.${event.fact}.v${String(event.version)}`
}

/** The subject of a fact: `k8or.<owner>.<noun>.<participle>.<token>`. */
export function subjectOf(event: EventDefinition, token: string): string {
  return `k8or.${event.owner}.${event.fact}.${token}`
}

/** The filter that matches a fact about anything. */
export function filterOf(event: EventDefinition): string {
  return subjectOf(event, '*')
}

/** The filter that matches the whole history of one application or repository. */
export function historyFilter(token: string): string {
  return `k8or.*.*.*.${token}`
}

/**
 * Reads one fact from its JSON.
 * @throws z.ZodError when the envelope or the data is not what the contract says
 */
export function parseFact<Data>(event: EventDefinition<Data>, json: unknown): Fact<Data> {
  const envelope = Envelope.parse(json)
  if (envelope.type !== typeOf(event)) throw new Error(`expected a ${typeOf(event)}, got a ${envelope.type}`)
  return { ...readEnvelope(envelope), data: event.schema.parse(envelope.data) }
}

/** Reads what every fact has, whatever its type; the data stays as it came. */
export function readEnvelope(json: unknown): Fact<unknown> {
  const envelope = Envelope.parse(json)
  return {
    id: envelope.id,
    type: envelope.type,
    token: envelope.subject,
    time: envelope.time,
    correlationId: envelope.correlationid,
    causes: envelope.causes === '' ? [] : envelope.causes.split(' '),
    actor: envelope.actor,
    ...(envelope.traceparent === undefined ? {} : { traceparent: envelope.traceparent }),
    data: envelope.data,
  }
}

/** What a service says when it announces a fact; the rest of the envelope follows from the contract. */
export interface FactDraft<Data> {
  /** Deterministic: the same decision announced twice has the same id. No spaces. */
  readonly id: string
  readonly token: string
  readonly time: Date
  readonly data: Data
  readonly causes: readonly string[]
  /** The id of the first fact of the chain; a fact without causes begins its own. */
  readonly correlationId?: string
  /** Who or which policy is behind it: `user:<name>`, `git:<author>`, `policy:self-heal`, `service:<name>`. */
  readonly actor: string
  readonly traceparent?: string
}

/** Stores facts of one owner; the same id again is the same fact, and is stored once. */
export interface Announcer<Owner extends ServiceName> {
  publish<Data>(event: EventDefinition<Data, Owner>, draft: FactDraft<Data>): Promise<{ readonly duplicate: boolean }>
}

/** The JSON form of a fact, ready to be published. Data that breaks its contract is refused. */
export function writeFact<Data>(event: EventDefinition<Data>, draft: FactDraft<Data>): Envelope {
  return {
    specversion: '1.0',
    id: draft.id,
    source: `/k8or/${event.owner}`,
    type: typeOf(event),
    subject: draft.token,
    time: draft.time.toISOString(),
    datacontenttype: 'application/json',
    correlationid: draft.correlationId ?? draft.id,
    causes: draft.causes.join(' '),
    actor: draft.actor,
    ...(draft.traceparent === undefined ? {} : { traceparent: draft.traceparent }),
    data: event.schema.parse(draft.data),
  }
}
