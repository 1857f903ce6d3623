import { Relay } from './relay'

/** A way from one part of a mesh to another, and where it ends. */
export interface Way {
  readonly from: string
  readonly to: string
  /** The port of the relay. */
  readonly port: number
  /** The port that `to` listens on. */
  readonly target: number
}

/** The relays between the parts of a mesh: each way can be cut by itself. */
export class Relays {
  readonly #relays = new Map<string, Relay>()

  async lay({ from, to, port, target }: Way): Promise<void> {
    this.#relays.set(nameOf(from, to), await Relay.start(port, target))
  }

  /** The relay through which one part reaches another. */
  between(from: string, to: string): Relay {
    const found = this.#relays.get(nameOf(from, to))
    if (!found) throw new Error(`no relay leads ${nameOf(from, to)}: there are ${[...this.#relays.keys()].join(', ')}`)
    return found
  }

  /** All relays that lead to a part. */
  to(part: string): Relay[] {
    return [...this.#relays].filter(([name]) => name.endsWith(` to ${part}`)).map(([, relay]) => relay)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#relays.values()].map((relay) => relay.stop()))
  }
}

function nameOf(from: string, to: string): string {
  return `${from} to ${to}`
}
