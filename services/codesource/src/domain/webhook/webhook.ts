import type { DeliveryReceived } from '@k8or/contracts'
import type { ProviderId } from './provider-id'

/** An HTTP request as it came: names of headers in lower case, the body untouched. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** What a provider's payload says. */
export type Delivery = Omit<DeliveryReceived, 'provider' | 'redelivery'>

/** A payload that is genuine and of no concern to us. */
export interface IgnoredEvent {
  readonly ignored: string
}

/** One kind of sender: how its webhooks are recognised, checked and read. */
export interface WebhookProvider {
  readonly id: ProviderId
  readonly title: string
  /** The key of the secret among Argo CD's settings. */
  readonly secretKey: string
  claims(request: WebhookRequest): boolean
  /** Why the request is not genuine; undefined when it is. */
  refusal(request: WebhookRequest, secret: string): string | undefined
  /** @throws MalformedDeliveryError */
  read(request: WebhookRequest): Delivery | IgnoredEvent
}

/** A genuine request whose payload can not be understood; the message names what is wrong. */
export class MalformedDeliveryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MalformedDeliveryError'
  }
}
