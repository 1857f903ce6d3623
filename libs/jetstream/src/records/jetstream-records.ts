import type { RecordDefinition } from '@k8or/contracts'
import { passPoint } from '@k8or/fault-points'
import type { JetStreamPublishOptions } from '@nats-io/jetstream'
import { headers, type MsgHdrs } from '@nats-io/nats-core'
import type { Records, Row, RowChange } from '../bus'
import { busFailure, isWrongLastSequence, RecordConflictError, RecordSchemaError } from '../errors'
import type { Wire } from '../connection/wire'
import { readLast, readStored } from '../stored/read-stored'
import { assertKey, bucketNames, type BucketNames } from './bucket'
import { rowOf, type StoredRow } from './stored-row'
import { watchRows } from './watch-rows'

/** A mark of a deleted row goes after this time: watchers that were away for longer compare all rows anyway. */
const markTtl = '1h'

/** How a row is written. */
export interface StoreOptions {
  /** The revision that the row must have; 0 for none. */
  readonly revision?: number | undefined
  readonly ttlMs?: number | undefined
}

/** The rows of one record in JetStream KV. */
export class JetStreamRecords<Value> implements Records<Value> {
  private readonly names: BucketNames

  constructor(
    private readonly wire: Wire,
    private readonly definition: RecordDefinition<Value>,
    /** Told of every revision that is written or watched. */
    private readonly onRevision: (revision: number) => void,
  ) {
    this.names = bucketNames(definition.bucket)
  }

  async get(key: string): Promise<Row<Value> | undefined> {
    assertKey(this.definition.bucket, key)
    const stored = await this.asking(`read ${key}`, () =>
      readLast(this.wire, this.names.stream, this.names.rowPrefix + key),
    )
    return stored && this.row(rowOf(stored, this.names.rowPrefix))
  }

  put(key: string, value: Value): Promise<number> {
    return this.store(key, value)
  }

  async create(key: string, value: Value, options: { ttlMs?: number } = {}): Promise<number> {
    const last = await this.asking(`read ${key}`, () =>
      readLast(this.wire, this.names.stream, this.names.rowPrefix + key),
    )
    const row = last && rowOf(last, this.names.rowPrefix)
    if (row && !row.deleted) throw new RecordConflictError(this.definition.bucket, key)
    return this.store(key, value, { revision: row?.revision ?? 0, ...options })
  }

  update(key: string, value: Value, revision: number): Promise<number> {
    return this.store(key, value, { revision })
  }

  delete(key: string, revision?: number): Promise<void> {
    return this.remove(key, revision)
  }

  async list(filter = '>'): Promise<Row<Value>[]> {
    return this.asking(`list ${filter}`, async () => {
      const rows: Row<Value>[] = []
      for await (const stored of this.storedRows(filter, 1)) {
        const row = this.row(stored)
        if (row) rows.push(row)
      }
      return rows
    })
  }

  async watch(
    onChange: (change: RowChange<Value>) => void,
    options: { signal: AbortSignal; filter?: string },
  ): Promise<void> {
    const { filter = '>', signal } = options
    await watchRows({
      wire: this.wire,
      bucket: this.definition.bucket,
      told: this.names.toldPrefix,
      filter,
      signal,
      read: (from) => this.storedRows(filter, from),
      onRow: (stored) => this.tell(stored, onChange),
    })
  }

  /** Writes a row, if it still has the revision; with a time to live the server removes it when that is over. */
  async store(key: string, value: Value, options: StoreOptions = {}): Promise<number> {
    const revision = await this.send(key, this.encode(key, value), () => publishOptions(options))
    passPoint(this.definition.owner, 'record', this.definition.bucket)
    return revision
  }

  /** Deletes a row, if it still has the revision. */
  async remove(key: string, revision?: number): Promise<void> {
    await this.send(key, '', () => ({ headers: deletion(), ttl: markTtl, ...publishOptions({ revision }) }))
    passPoint(this.definition.owner, 'removal', this.definition.bucket)
  }

  private tell(stored: StoredRow, onChange: (change: RowChange<Value>) => void): void {
    const { key, revision } = stored
    this.onRevision(revision)
    if (stored.deleted) return onChange({ key, value: null, revision })
    const row = this.row(stored)
    if (row) onChange(row)
  }

  private async *storedRows(filter: string, fromSequence: number): AsyncGenerator<StoredRow> {
    const { stream, rowPrefix } = this.names
    const read = { stream, filter: rowPrefix + filter, fromSequence }
    for await (const message of readStored(this.wire, read)) yield rowOf(message, rowPrefix)
  }

  private row({ key, revision, deleted, data }: StoredRow): Row<Value> | undefined {
    if (deleted) return undefined
    try {
      return { key, revision, value: this.definition.schema.parse(JSON.parse(new TextDecoder().decode(data))) }
    } catch (error) {
      this.wire.log.error({ bucket: this.definition.bucket, key, revision, err: error }, 'a row breaks its contract')
      return undefined
    }
  }

  private async send(key: string, body: string, options: () => Partial<JetStreamPublishOptions>): Promise<number> {
    assertKey(this.definition.bucket, key)
    try {
      const ack = await this.wire.store(this.names.rowPrefix + key, body, options)
      this.onRevision(ack.seq)
      return ack.seq
    } catch (error) {
      if (isWrongLastSequence(error)) throw new RecordConflictError(this.definition.bucket, key, { cause: error })
      throw busFailure(`write row ${key} of ${this.definition.bucket}`, error)
    }
  }

  private encode(key: string, value: Value): string {
    try {
      return JSON.stringify(this.definition.schema.parse(value))
    } catch (error) {
      throw new RecordSchemaError(this.definition.bucket, key, { cause: error })
    }
  }

  private async asking<T>(what: string, question: () => Promise<T>): Promise<T> {
    try {
      return await question()
    } catch (error) {
      throw busFailure(`${what} of ${this.definition.bucket}`, error)
    }
  }
}

/** The client writes into the headers that it is given, so each message takes new ones. */
function deletion(): MsgHdrs {
  const marks = headers()
  marks.set('KV-Operation', 'PURGE')
  marks.set('Nats-Rollup', 'sub')
  return marks
}

// NOTE: `update` of @nats-io/kv drops the time to live, so that a renewed lease would stand for ever.
function publishOptions({ revision, ttlMs }: StoreOptions): Partial<JetStreamPublishOptions> {
  return {
    ...(revision === undefined ? {} : { expect: { lastSubjectSequence: revision } }),
    ...(ttlMs === undefined ? {} : { ttl: `${Math.ceil(ttlMs / 1_000)}s` }),
  }
}
