import type { ConsumerMessages } from '@nats-io/jetstream'
import type { Subscription } from '@nats-io/nats-core'

/** The parts of the client's consuming that it keeps to itself; without them it can only be cut off. */
interface Insides {
  pull(): void
  readonly sub: Subscription
}

/** Messages that were asked for still come; no more are asked for. */
export function endPulling(messages: ConsumerMessages): void {
  Object.assign(messages as unknown as Insides, { pull: () => undefined })
}

/** Ends the subscription on the server before it is forgotten here, so that what was on its way still arrives. */
export async function endSubscription(messages: ConsumerMessages): Promise<void> {
  await (messages as unknown as Insides).sub.drain().catch(() => undefined)
  messages.stop()
}
