import { jetstream, type JetStreamClient, type JetStreamPublishOptions, type PubAck } from '@nats-io/jetstream'
import { nuid, TimeoutError, type NatsConnection } from '@nats-io/nats-core'
import type { BusLog } from '../log'
import { apiPrefix } from './api-prefix'
import { broken, Reconnects } from './reconnects'

const deadlineMs = 5_000

/** One connection with what every part of the bus needs of it. */
export class Wire {
  readonly js: JetStreamClient
  readonly reconnects: Reconnects

  constructor(
    readonly connection: NatsConnection,
    readonly log: BusLog,
  ) {
    this.js = jetstream(connection, { apiPrefix })
    this.reconnects = new Reconnects(connection, log)
  }

  /**
   * Stores a message. It has an id, so that it is stored once even when the answer was lost and it is sent again. Only what
   * was sent once is told to be a duplicate: otherwise the message that was there may be this one.
   */
  async store(
    subject: string,
    body: string | Uint8Array,
    options: () => Partial<JetStreamPublishOptions>,
  ): Promise<PubAck> {
    const msgID = nuid.next()
    let sent = 0
    const ack = await this.ask(() => {
      sent++
      return this.js.publish(subject, body, { msgID, timeout: deadlineMs, ...options() })
    })
    return { ...ack, duplicate: ack.duplicate && sent === 1 }
  }

  /**
   * Asks the server, once the connection stands. The client forgets what it was to send while it was away, and never
   * answers what was on its way: in both cases the question is put again. It must do no harm twice.
   */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + deadlineMs
    for (;;) {
      await this.reconnects.whenConnected(deadline - Date.now())
      const answer = await this.reconnects.unlessBroken(question())
      if (answer !== broken) return answer
      if (Date.now() >= deadline) throw new TimeoutError()
    }
  }
}
