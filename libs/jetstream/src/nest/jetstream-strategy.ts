import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices'
import type { EventDefinition, Fact } from '@k8or/contracts'
import { isObservable, lastValueFrom } from 'rxjs'
import type { Bus } from '../bus'
import { eventsByType } from '../consume/read-fact'
import type { Handling } from '../consume/handle-facts'
import { factTransport } from './on-fact'

/** Brings facts of the bus to the methods that `@OnFact` marks. */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = factTransport
  /** What a handler throws decides what becomes of the fact: Nest is to hand it on. */
  override readonly propagatesEventHandlerErrors = true
  private handling: Handling | undefined

  constructor(
    private readonly bus: Bus,
    private readonly options: { readonly graceMs?: number } = {},
  ) {
    super()
    this.initializeSerializer({})
    this.initializeDeserializer({})
  }

  listen(callback: (error?: unknown) => void): void {
    // A service that reads the streams by replay handles nothing: taking messages only to drop them costs both sides.
    if (this.messageHandlers.size === 0) return callback()
    const events = eventsByType([...this.messageHandlers.values()].map(eventOf))
    this.bus.handle({ events, handle: (_, fact, signal) => this.hand(fact, signal) }).then(
      (handling) => {
        this.handling = handling
        callback()
      },
      (error: unknown) => callback(error),
    )
  }

  async close(): Promise<void> {
    await this.handling?.stop(this.options.graceMs)
    this.handling = undefined
  }

  override on(): never {
    throw new Error('the bus has no events of its own to listen to')
  }

  override unwrap(): never {
    throw new Error('the bus shows nothing of what is below it')
  }

  private async hand(fact: Fact<unknown>, signal: AbortSignal): Promise<void> {
    const result: unknown = await this.messageHandlers.get(fact.type)?.(fact, signal)
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined })
  }
}

function eventOf(handler: MessageHandler): EventDefinition {
  const { event } = handler.extras as { event: EventDefinition }
  return event
}
