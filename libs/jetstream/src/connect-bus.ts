import type { Identity } from '@k8or/identity'
import type { Bus } from './bus'
import { inboxPrefixOf, openConnection } from './connection/connect'
import { Wire } from './connection/wire'
import { JetStreamBus } from './jetstream-bus'
import { silentLog, type BusLog } from './log'

/** Where the bus is and who connects to it. */
export interface BusOptions {
  /** `tls://<host>:<port>` */
  readonly url: string
  readonly identity: Identity
  /** Tells replicas of one service apart in the server's list of connections. */
  readonly holder?: string
  readonly log?: BusLog
  /** Fails at once when the server is not there, instead of waiting for it. */
  readonly failFast?: boolean
}

/** Connects one service to the bus under its own certificate. The connection comes back for ever. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const { url, identity, holder, log = silentLog, failFast = false } = options
  const connection = await openConnection({
    url,
    tls: identity,
    name: holder ?? identity.service,
    inboxPrefix: inboxPrefixOf(identity.service),
    waitForServer: !failFast,
  })
  return new JetStreamBus(identity.service, new Wire(connection, log))
}
