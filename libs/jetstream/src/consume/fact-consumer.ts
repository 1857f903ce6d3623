import type { EventDefinition, Fact, ServiceName } from '@k8or/contracts'
import { passPoint } from '@k8or/fault-points'
import { describeError, outcomeOf, type Outcome } from '@k8or/outcome'
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import type { Wire } from '../connection/wire'
import { pause } from '../pause'
import { verdictOf } from './attempts'
import { writeDeadLetter } from './dead-letter'
import { endPulling, endSubscription } from './end-consuming'
import { InOrder } from './in-order'
import { readFact, type ReadFact } from './read-fact'
import { runTraced } from './run-traced'

/** How many messages are fetched ahead. */
const prefetch = 256
/** Well below the consumer's `ack_wait`. */
const heartbeatMs = 4_000
const unburiedDelayMs = 5_000
const retryMs = 1_000
/** When it stops: how long nothing must come, how long that may take, and when somebody else gets what still came. */
const quietMs = 50
const longestQuietMs = 1_000
const givenBackMs = 500

/** A service's way of handling facts. */
export interface FactHandlers {
  /** The events that are handled, by the type that envelopes name. */
  readonly events: ReadonlyMap<string, EventDefinition>
  /** Returns when the fact is recorded, throws `Later` or `Never` otherwise. */
  readonly handle: (event: EventDefinition, fact: Fact<unknown>, signal: AbortSignal) => Promise<void>
}

/** What a consumer works with. */
export interface ConsumerOptions {
  readonly wire: Wire
  readonly service: ServiceName
  readonly stream: string
  readonly durable: string
  /** What the subjects of this stream have before the subject of the fact. */
  readonly prefix: string
  readonly handlers: FactHandlers
}

/** Takes messages from one durable consumer and hands their facts to the handlers, in order per token. */
export class FactConsumer {
  private readonly order = new InOrder()
  private readonly stopping = new AbortController()
  private readonly aborting = new AbortController()
  private messages: ConsumerMessages | undefined
  private received = 0

  constructor(private readonly options: ConsumerOptions) {}

  /** Begins to consume; resolves once the server knows. */
  async start(): Promise<void> {
    // A pull outlives its connection on the server, and what answers it then goes nowhere, unless its inbox is gone too.
    this.options.wire.reconnects.onBroken(() => this.messages?.stop(), this.stopping.signal)
    await this.consume()
    void this.keepConsuming()
  }

  /** Takes no more, lets what runs finish, and tells handlers to abort after the grace. */
  async stop(graceMs: number): Promise<void> {
    this.stopping.abort()
    const grace = setTimeout(() => this.aborting.abort(), graceMs)
    if (this.messages) endPulling(this.messages)
    await this.order.settle()
    await this.untilQuiet()
    if (this.messages) await endSubscription(this.messages)
    clearTimeout(grace)
  }

  private async consume(): Promise<void> {
    const { wire, stream, durable } = this.options
    const consumer = await wire.ask(() => wire.js.consumers.get(stream, durable))
    if (this.isStopping()) return
    this.messages = await consumer.consume({
      max_messages: prefetch,
      expires: 30_000,
      callback: (message) => this.take(message),
    })
  }

  /** Consuming ends when the connection breaks, and by itself when the consumer is gone, as after a server was set up anew. */
  private async keepConsuming(): Promise<void> {
    const { stream, durable } = this.options
    const { connection, log, reconnects } = this.options.wire
    while (!this.isStopping() && !connection.isClosed()) {
      const ended = await this.messages?.closed()
      if (this.isStopping()) return
      if (reconnects.isConnected) {
        log.warn({ stream, durable, ...(ended ? { reason: ended.message } : {}) }, 'consuming ended, beginning again')
        await pause(retryMs, this.stopping.signal)
      } else await reconnects.whenConnected(retryMs).catch(() => undefined)
      if (reconnects.isConnected)
        await this.consume().catch((error: unknown) => {
          log.warn({ stream, durable, reason: describeError(error) }, 'can not consume')
        })
    }
  }

  /** What the server has sent lies with it as being handled until its time is over, so it is waited for and given back. */
  private async untilQuiet(): Promise<void> {
    const deadline = performance.now() + longestQuietMs
    let before = -1
    while (before !== this.received && performance.now() < deadline) {
      before = this.received
      await pause(quietMs)
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted
  }

  private take(message: JsMsg): void {
    this.received++
    if (this.isStopping()) return message.nak(givenBackMs)
    void this.order.run(message.subject.slice(message.subject.lastIndexOf('.')), () => this.handle(message))
  }

  private async handle(message: JsMsg): Promise<void> {
    const beat = setInterval(() => message.working(), heartbeatMs)
    try {
      await this.settle(message, await this.outcome(message))
    } catch (error) {
      this.options.wire.log.error(
        { subject: message.subject, reason: describeError(error) },
        'a message was not settled',
      )
    } finally {
      clearInterval(beat)
    }
  }

  private async outcome(message: JsMsg): Promise<Outcome> {
    try {
      const read = readFact(message.data, this.subjectOf(message), this.options.handlers.events)
      if (read) await this.run(read)
      return { kind: 'done' }
    } catch (error) {
      return outcomeOf(error)
    }
  }

  private async run({ event, fact }: ReadFact): Promise<void> {
    await runTraced(event, fact, () => this.options.handlers.handle(event, fact, this.aborting.signal))
    passPoint(this.options.service, 'handled', event.fact)
  }

  private async settle(message: JsMsg, outcome: Outcome): Promise<void> {
    const attempt = message.info.deliveryCount
    const verdict = verdictOf(outcome, attempt)
    if (verdict.kind === 'acknowledge') {
      message.ack()
      return
    }
    const about = { subject: message.subject, sequence: message.seq, attempt, reason: verdict.reason }
    if (verdict.kind === 'again') {
      this.options.wire.log.warn({ ...about, nextInMs: verdict.delayMs }, 'a fact could not be recorded')
      message.nak(verdict.delayMs)
      return
    }
    await this.bury(message, verdict.reason)
    this.options.wire.log.error(about, 'a fact became a dead letter')
  }

  private async bury(message: JsMsg, reason: string): Promise<void> {
    const letter = writeDeadLetter({
      service: this.options.service,
      subject: this.subjectOf(message),
      reason,
      time: new Date().toISOString(),
      stream: this.options.stream,
      sequence: message.seq,
      attempts: message.info.deliveryCount,
    })
    try {
      await this.options.wire.store(letter.subject, message.data, () => ({
        msgID: letter.id,
        headers: letter.headers,
      }))
      message.term(reason.slice(0, 200))
    } catch (error) {
      message.nak(unburiedDelayMs)
      throw error
    }
  }

  private subjectOf(message: JsMsg): string {
    return message.subject.slice(this.options.prefix.length)
  }
}
