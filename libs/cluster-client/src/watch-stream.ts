import type { Readable } from 'node:stream'
import type { KubeObject } from '@k8or/kube-objects'
import type { KubeStatus } from './kube-error'
import { LineSplitter } from './line-splitter'

/** One line of a watch. */
export type WatchLine =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: KubeObject }
  | { readonly type: 'ERROR'; readonly object: KubeStatus }

/** The stream of a watch said that it can not go on, and why. */
export class WatchEndedError extends Error {
  constructor(readonly status: KubeStatus) {
    super(status.message ?? 'the watch was ended by the API server')
    this.name = 'WatchEndedError'
  }

  /** What is known is too old to go on from. */
  get isExpired(): boolean {
    return this.status.code === 410 || this.status.reason === 'Expired' || this.status.reason === 'Gone'
  }
}

/**
 * Hands over each event of a watch until its body ends.
 * @throws WatchEndedError when the API server ends it with an error; what `onLine` throws; a broken connection
 */
export function readWatch(body: Readable, onLine: (line: WatchLine) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      body.destroy()
      reject(error instanceof Error ? error : new Error(String(error)))
    }
    const splitter = new LineSplitter((bytes) => {
      const line = JSON.parse(bytes.toString('utf8')) as WatchLine
      if (line.type === 'ERROR') throw new WatchEndedError(line.object)
      onLine(line)
    })
    body.on('data', (chunk: Buffer) => {
      try {
        splitter.push(chunk)
      } catch (error) {
        fail(error)
      }
    })
    body.once('end', resolve)
    body.once('error', fail)
    body.once('close', resolve)
  })
}
