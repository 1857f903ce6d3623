import type { DeliveryReceived } from '@k8or/contracts'

/** A git host, a registry or a pipeline whose webhooks are understood. */
export type ProviderId = DeliveryReceived['provider']
