export { parseRemote, RepositoryError, type Remote } from './repository/remote'
export { providerOf } from './webhook/providers'
export type { Delivery, IgnoredEvent, WebhookProvider, WebhookRequest } from './webhook/webhook'
