import { kindKey } from './kinds'

interface Kind {
  readonly group: string
  readonly kind: string
}

/** Which watches and clusters say nothing, and since when. Silence is not health: what is silent for too long is Unknown. */
export class Silences {
  readonly #troubles = new Map<string, { readonly since: number; readonly reason: string }>()
  readonly #unreachable = new Map<string, string>()

  constructor(private readonly limitMs: number) {}

  /** A watch is broken, or has yet to begin. */
  troubled(cluster: string, kind: Kind, reason: string, now: number): void {
    const key = keyOf(cluster, kind)
    this.#troubles.set(key, { since: this.#troubles.get(key)?.since ?? now, reason })
  }

  /** A watch stands. */
  stands(cluster: string, kind: Kind): void {
    this.#troubles.delete(keyOf(cluster, kind))
  }

  /** AccessPoint says that a cluster does not answer; with no reason, that it does again. */
  clusterIs(cluster: string, unreachableReason: string | undefined): void {
    if (unreachableReason === undefined) this.#unreachable.delete(cluster)
    else this.#unreachable.set(cluster, unreachableReason)
  }

  /** Whether the watch of a kind is broken at this moment, however short. */
  isTroubled(cluster: string, kind: Kind): boolean {
    return this.#unreachable.has(cluster) || this.#troubles.has(keyOf(cluster, kind))
  }

  /** Whether anything is wrong with a cluster. */
  hasTrouble(cluster: string): boolean {
    return this.#unreachable.has(cluster) || [...this.#troubles.keys()].some((key) => key.startsWith(`${cluster} `))
  }

  /** Why nothing can be said about a kind of a cluster; undefined when something can. */
  of(cluster: string, kind: Kind, now: number): string | undefined {
    const unreachable = this.#unreachable.get(cluster)
    if (unreachable !== undefined) return `cluster ${cluster} does not answer: ${unreachable}`
    const trouble = this.#troubles.get(keyOf(cluster, kind))
    if (trouble === undefined || now - trouble.since < this.limitMs) return undefined
    const since = new Date(trouble.since).toISOString()
    return `cluster ${cluster} has said nothing about ${kind.kind} since ${since}: ${trouble.reason}`
  }
}

function keyOf(cluster: string, kind: Kind): string {
  return `${cluster} ${kindKey(kind)}`
}
