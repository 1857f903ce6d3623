import type { JetStreamClient } from '@nats-io/jetstream'
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core'
import type { Blobs } from '../bus'
import { busFailure, isWrongLastSequence } from '../errors'
import { readLast } from '../stored/read-stored'

/** What one message holds at most; larger content is cut. */
export const chunkBytes = 512 * 1024

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
    private readonly connection: NatsConnection,
    private readonly js: JetStreamClient,
    bucket: string,
  ) {
    this.names = blobNames(bucket)
  }

  async put(key: string, content: Uint8Array): Promise<void> {
    const chunks = cut(content)
    try {
      if (chunks.length === 1) {
        await this.send(key, content)
        return
      }
      await Promise.all(chunks.map((chunk, index) => this.send(`${key}.${index}`, chunk)))
      const head = headers()
      head.set(chunksHeader, String(chunks.length))
      await this.send(key, new Uint8Array(), head)
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

  async delete(key: string): Promise<void> {
    try {
      const head = await readLast(this.connection, this.names.stream, this.names.prefix + key)
      if (!head || isGone(head.headers)) return
      await this.remove(key)
      const count = Number(head.headers.get(chunksHeader) || 0)
      await Promise.all(Array.from({ length: count }, (_, index) => this.remove(`${key}.${index}`)))
    } catch (error) {
      throw busFailure(`delete blob ${key}`, error)
    }
  }

  private async read(key: string): Promise<{ headers: MsgHdrs; data: Uint8Array } | undefined> {
    const stored = await readLast(this.connection, this.names.stream, this.names.prefix + key)
    return stored && !isGone(stored.headers) ? stored : undefined
  }

  /** A key never changes its content: where there is some, it stays. */
  private async send(key: string, content: Uint8Array, head?: MsgHdrs): Promise<void> {
    const options = { timeout: deadlineMs, ...(head ? { headers: head } : {}) }
    try {
      await this.js.publish(this.names.prefix + key, content, { ...options, expect: { lastSubjectSequence: 0 } })
    } catch (error) {
      if (!isWrongLastSequence(error)) throw error
      if ((await this.read(key)) === undefined) await this.js.publish(this.names.prefix + key, content, options)
    }
  }

  private async remove(key: string): Promise<void> {
    const marks = headers()
    marks.set('KV-Operation', 'PURGE')
    marks.set('Nats-Rollup', 'sub')
    await this.js.publish(this.names.prefix + key, '', { headers: marks, ttl: '10s', timeout: deadlineMs })
  }
}

function isGone(marks: MsgHdrs): boolean {
  return marks.get('KV-Operation') === 'PURGE' || marks.has('Nats-Marker-Reason')
}

function cut(content: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(content.length / chunkBytes))
  return Array.from({ length: count }, (_, index) => content.subarray(index * chunkBytes, (index + 1) * chunkBytes))
}
