import type { DeliveryReceived } from '@k8or/contracts'

/** A git host whose webhooks are understood. */
export type ProviderId = DeliveryReceived['provider']
