import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually } from '@k8or/rig'

/** An image for no platform at all. */
const image = JSON.stringify({ schemaVersion: 2, manifests: [] })
const digest = `sha256:${createHash('sha256').update(image).digest('hex')}`

/** A registry that is asked to wait for two seconds as long as it is busy, and knows every tag afterwards. */
export class BusyRegistry {
  isBusy = true
  #asked = 0
  readonly #server: Server

  private constructor() {
    this.#server = createServer((_, response) => {
      this.#asked += 1
      if (this.isBusy) response.writeHead(503, { 'retry-after': '2' }).end()
      else response.writeHead(200, { 'docker-content-digest': digest }).end(image)
    })
  }

  static async start(): Promise<BusyRegistry> {
    const registry = new BusyRegistry()
    await once(registry.#server.listen(0, '127.0.0.1'), 'listening')
    return registry
  }

  get host(): string {
    return `localhost:${(this.#server.address() as AddressInfo).port}`
  }

  async untilAsked(): Promise<void> {
    await eventually(() => this.#asked > 0, { timeoutMs: 30_000, what: 'a question' })
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
