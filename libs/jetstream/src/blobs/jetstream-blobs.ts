import { manifestStore } from '@k8or/contracts'
import { passPoint } from '@k8or/fault-points'
import type { JetStreamPublishOptions } from '@nats-io/jetstream'
import { headers, type MsgHdrs } from '@nats-io/nats-core'
import type { Blobs } from '../bus'
import type { Wire } from '../connection/wire'
import { busFailure, isWrongLastSequence } from '../errors'
import { readLast } from '../stored/read-stored'
import { storedSubjects } from '../stored/stream-info'

/** What one message holds at most; larger content is cut. */
const chunkBytes = 512 * 1024

const chunksHeader = 'K8or-Chunks'
const deadlineMs = 15_000

/** The stream and the subjects of a bucket of blobs. */
export function blobNames(bucket: string): { stream: string; prefix: string } {
  return { stream: `BLOBS_${bucket}`, prefix: `blob.${bucket}.` }
}

/**
 * Blobs as messages of one stream. Content of up to 512 KiB is one message under its key. Larger content is cut: the
 * chunks come first, the message under the key last, so that a blob is either whole or not there.
 */
export class JetStreamBlobs implements Blobs {
  private readonly names: { stream: string; prefix: string }

  constructor(
    private readonly wire: Wire,
    private readonly bucket: string,
  ) {
    this.names = blobNames(bucket)
  }

  async put(key: string, content: Uint8Array): Promise<void> {
    passPoint(manifestStore.owner, 'blob', this.bucket, 'before')
    try {
      await this.sendAll(key, cut(content))
      passPoint(manifestStore.owner, 'blob', this.bucket)
    } catch (error) {
      throw busFailure(`store blob ${key}`, error)
    }
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      const head = await this.read(key)
      if (!head) return undefined
      const count = Number(head.headers.get(chunksHeader) || 0)
      if (count === 0) return head.data
      const parts = await Promise.all(Array.from({ length: count }, (_, index) => this.read(`${key}.${index}`)))
      // A missing part means that the blob is being deleted.
      return parts.every((part) => part !== undefined) ? Buffer.concat(parts.map((part) => part.data)) : undefined
    } catch (error) {
      throw busFailure(`read blob ${key}`, error)
    }
  }

  /** The chunks go first: as long as there is anything of a blob, `keys` names it. */
  async delete(key: string): Promise<boolean> {
    const { stream, prefix } = this.names
    try {
      const head = await readLast(this.wire, stream, prefix + key)
      if (head && isGone(head.headers)) return false
      const chunks = await storedSubjects(this.wire, stream, `${prefix}${key}.*`)
      await Promise.all(chunks.map((subject) => this.remove(subject)))
      if (head) await this.remove(prefix + key)
      return head !== undefined || chunks.length > 0
    } catch (error) {
      throw busFailure(`delete blob ${key}`, error)
    }
  }

  async keys(): Promise<string[]> {
    const { stream, prefix } = this.names
    try {
      const subjects = await storedSubjects(this.wire, stream, `${prefix}>`)
      return [...new Set(subjects.map((subject) => subject.slice(prefix.length).split('.')[0] ?? ''))]
    } catch (error) {
      throw busFailure('list blobs', error)
    }
  }

  private async read(key: string): Promise<{ headers: MsgHdrs; data: Uint8Array } | undefined> {
    const stored = await readLast(this.wire, this.names.stream, this.names.prefix + key)
    return stored && !isGone(stored.headers) ? stored : undefined
  }

  private async sendAll(key: string, chunks: readonly Uint8Array[]): Promise<void> {
    const [whole] = chunks
    if (chunks.length === 1 && whole) return this.send(key, whole)
    await Promise.all(chunks.map((chunk, index) => this.send(`${key}.${index}`, chunk)))
    await this.send(key, new Uint8Array(), chunks.length)
  }

  /** A key never changes its content: where there is some, it stays. */
  private async send(key: string, content: Uint8Array, chunks = 0): Promise<void> {
    const subject = this.names.prefix + key
    try {
      await this.wire.store(subject, content, () => ({ ...sending(chunks), expect: { lastSubjectSequence: 0 } }))
    } catch (error) {
      if (!isWrongLastSequence(error)) throw error
      if ((await this.read(key)) === undefined) await this.wire.store(subject, content, () => sending(chunks))
    }
  }

  private async remove(subject: string): Promise<void> {
    await this.wire.store(subject, '', removing)
  }
}

/** The options of one publish; the client writes into the headers, so each takes new ones. */
function sending(chunks: number): { timeout: number; headers: MsgHdrs } {
  const head = headers()
  if (chunks > 0) head.set(chunksHeader, String(chunks))
  return { timeout: deadlineMs, headers: head }
}

function removing(): Partial<JetStreamPublishOptions> {
  const marks = headers()
  marks.set('KV-Operation', 'PURGE')
  marks.set('Nats-Rollup', 'sub')
  return { headers: marks, ttl: '10s', timeout: deadlineMs }
}

function isGone(marks: MsgHdrs): boolean {
  return marks.get('KV-Operation') === 'PURGE' || marks.has('Nats-Marker-Reason')
}

function cut(content: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(content.length / chunkBytes))
  return Array.from({ length: count }, (_, index) => content.subarray(index * chunkBytes, (index + 1) * chunkBytes))
}
