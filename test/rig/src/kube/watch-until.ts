import type { KubeObject } from './kube-object'
import { parseKey } from './resource-paths'
import type { WatchEvent } from './watch-stream'

interface Watchable {
  snapshot(type: string, query: object): Promise<{ items: KubeObject[]; resourceVersion: string }>
  watch(type: string, query: object, signal: AbortSignal): AsyncGenerator<WatchEvent>
}

type Accept = (object: KubeObject | undefined) => boolean

/** Follows one object by a watch until it is as asked; the object is undefined while there is none. */
export async function watchUntil(
  client: Watchable,
  type: string,
  key: string,
  accept: Accept,
  timeoutMs: number,
): Promise<KubeObject | undefined> {
  const follower = new Follower(client, type, key, accept)
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(follower.notSeen(timeoutMs)), timeoutMs)
  try {
    while (!(await follower.follow(stop.signal))) stop.signal.throwIfAborted()
    return follower.last
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
}

class Follower {
  last: KubeObject | undefined

  constructor(
    private readonly client: Watchable,
    private readonly type: string,
    private readonly key: string,
    private readonly accept: Accept,
  ) {}

  /** One list and the watch that goes on from it; false when the watch ended first. */
  async follow(signal: AbortSignal): Promise<boolean> {
    const { namespace, name } = parseKey(this.key)
    const query = { fieldSelector: `metadata.name=${name}`, ...(namespace ? { namespace } : {}) }
    const { items, resourceVersion } = await this.client.snapshot(this.type, query)
    this.last = items[0]
    if (this.accept(this.last)) return true
    for await (const event of this.client.watch(this.type, { ...query, resourceVersion }, signal)) {
      if (event.type === 'ERROR') return false
      if (event.type === 'BOOKMARK') continue
      this.last = event.type === 'DELETED' ? undefined : event.object
      if (this.accept(this.last)) return true
    }
    return false
  }

  notSeen(timeoutMs: number): Error {
    const shown = JSON.stringify(this.last?.status ?? this.last ?? 'no such object')
    return new Error(`${this.type} ${this.key} was not as expected within ${timeoutMs} ms, last: ${shown}`)
  }
}
