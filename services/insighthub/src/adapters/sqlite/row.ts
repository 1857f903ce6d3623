import type { SQLInputValue } from 'node:sqlite'
import type { IndexedFact } from '../../domain/trace/indexed-fact'

/** A row of the table of facts, its columns in this order. */
export interface Row {
  readonly stream: IndexedFact['stream']
  readonly sequence: number
  readonly id: string
  readonly fact: string
  readonly owner: string
  readonly token: string
  readonly time: number
  readonly correlation: string
  readonly causes: string
  readonly actor: string
  readonly traceparent: string
  readonly application: string
  readonly application_name: string
  readonly cluster: string
  readonly release: number
  readonly sync: string
  readonly repository: string
  readonly commits: string
  readonly image: string
  readonly outcome: string
  readonly data: string
}

/** The columns of a fact. Ids and hashes hold no spaces. */
export function writeRow(fact: IndexedFact): SQLInputValue[] {
  const row: Row = {
    stream: fact.stream,
    sequence: fact.sequence,
    id: fact.id,
    fact: fact.fact,
    owner: fact.owner,
    token: fact.token,
    time: fact.time,
    correlation: fact.correlationId,
    causes: fact.causes.join(' '),
    actor: fact.actor,
    traceparent: fact.traceparent,
    application: fact.application,
    application_name: fact.applicationName,
    cluster: fact.cluster,
    release: fact.release,
    sync: fact.sync,
    repository: fact.repository,
    commits: fact.commits.join(' '),
    image: fact.image,
    outcome: fact.outcome,
    data: JSON.stringify(fact.data),
  }
  return Object.values<SQLInputValue>({ ...row })
}

/** The fact of a row. */
export function readRow(row: Row): IndexedFact {
  return {
    stream: row.stream,
    sequence: row.sequence,
    id: row.id,
    fact: row.fact,
    owner: row.owner,
    token: row.token,
    time: row.time,
    correlationId: row.correlation,
    causes: row.causes.split(' ').filter(Boolean),
    actor: row.actor,
    traceparent: row.traceparent,
    application: row.application,
    applicationName: row.application_name,
    cluster: row.cluster,
    release: row.release,
    sync: row.sync,
    repository: row.repository,
    commits: row.commits.split(' ').filter(Boolean),
    image: row.image,
    outcome: row.outcome,
    data: JSON.parse(row.data) as unknown,
  }
}
