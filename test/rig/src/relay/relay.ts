import { createServer, connect, type Server, type Socket } from 'node:net'

/** How a connection is cut: broken and refused, or kept open while nothing comes through. */
export type Cut = 'refuse' | 'hang'

/** The two ends of one connection through a relay; the far one is dialled when it may be. */
interface Passage {
  readonly near: Socket
  far?: Socket
}

/** A way for TCP between two parts that can be cut, and healed again. */
export class Relay {
  #server: Server | undefined
  #cut: Cut | undefined
  readonly #passages = new Set<Passage>()

  private constructor(
    readonly port: number,
    private readonly target: number,
  ) {}

  /** Listens on a port of the loopback for what another port of it serves; that need not be there yet. */
  static async start(port: number, target: number): Promise<Relay> {
    const relay = new Relay(port, target)
    await relay.listen()
    return relay
  }

  /** Cuts the way, also for the connections that are open. */
  async cut(how: Cut): Promise<void> {
    await this.heal()
    this.#cut = how
    if (how === 'refuse') await this.close()
    else for (const passage of this.#passages) hold(passage)
  }

  /** Makes the way free again: who was refused may come back, and what was held goes on. */
  async heal(): Promise<void> {
    this.#cut = undefined
    await this.listen()
    for (const passage of this.#passages) this.#join(passage)
  }

  async stop(): Promise<void> {
    this.#cut = 'refuse'
    await this.close()
  }

  private async listen(): Promise<void> {
    if (this.#server) return
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => this.#enter(near))
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.port, '127.0.0.1', resolve)
    })
  }

  private async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    for (const { near, far } of this.#passages) {
      near.resetAndDestroy()
      far?.resetAndDestroy()
    }
    if (server) await new Promise((resolve) => server.close(resolve))
  }

  #enter(near: Socket): void {
    const passage: Passage = { near }
    this.#passages.add(passage)
    this.#end(passage, near)
    if (!this.#cut) this.#join(passage)
  }

  #join(passage: Passage): void {
    if (!passage.far) {
      passage.far = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
      passage.near.setNoDelay(true)
      this.#end(passage, passage.far)
    }
    passage.near.pipe(passage.far)
    passage.far.pipe(passage.near)
  }

  // When one end is gone, so is the other; a half that has ended is passed on by the pipe.
  #end(passage: Passage, socket: Socket): void {
    socket.on('error', () => undefined)
    socket.once('close', () => {
      this.#passages.delete(passage)
      passage.near.destroy()
      passage.far?.destroy()
    })
  }
}

function hold({ near, far }: Passage): void {
  near.unpipe()
  far?.unpipe()
  near.pause()
  far?.pause()
}
