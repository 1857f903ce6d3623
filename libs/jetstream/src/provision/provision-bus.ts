import { JetStreamApiError, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { inboxPrefixOf, openConnection } from '../connection/connect'
import { isBucket } from '../records/bucket'
import { defaultRetention, wantedConsumers, wantedStreams, type Retention } from './streams'

/** Where the bus is, and the provisioner's certificate (`provisionerId`). All PEM. */
export interface ProvisionOptions {
  readonly url: string
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string }
  readonly retention?: Partial<Retention>
  /** Leaves what is there as it is: the version that made it may be another one. */
  readonly onlyMissing?: boolean
}

const notFound = new Set([10059, 10014])

/** Makes every stream, durable consumer and bucket that the contracts name; what is there is brought up to date. */
export async function provisionBus({ url, tls, retention, onlyMissing = false }: ProvisionOptions): Promise<void> {
  const connection = await openConnection({
    url,
    tls: { ca: tls.ca, current: () => tls },
    name: 'bootstrap',
    inboxPrefix: inboxPrefixOf('bootstrap'),
    waitForServer: false,
  })
  try {
    const jsm = await jetstreamManager(connection, { checkAPI: false })
    await Promise.all(
      wantedStreams({ ...defaultRetention, ...retention }).map((stream) => provisionStream(jsm, stream, onlyMissing)),
    )
    await Promise.all(wantedConsumers().map((consumer) => provisionConsumer(jsm, consumer, onlyMissing)))
  } finally {
    await connection.close()
  }
}

async function provisionStream(
  jsm: JetStreamManager,
  wanted: ReturnType<typeof wantedStreams>[number],
  onlyMissing: boolean,
): Promise<void> {
  if (!(await exists(() => jsm.streams.info(wanted.name)))) await jsm.streams.add({ ...wanted, ...beginning(wanted) })
  else if (!onlyMissing) await jsm.streams.update(wanted.name, wanted)
}

/**
 * The rows of a bucket that is made anew must not look older than those of the one that was lost: fences and expected
 * revisions that somebody still holds would pass for new. So they are counted from the clock on, which is ahead of any
 * bucket that was not written to a thousand times a second for all its life.
 */
function beginning({ name }: { readonly name: string }): { first_seq?: number } {
  return isBucket(name) ? { first_seq: Date.now() } : {}
}

async function provisionConsumer(
  jsm: JetStreamManager,
  { stream, config }: ReturnType<typeof wantedConsumers>[number],
  onlyMissing: boolean,
): Promise<void> {
  if (!(await exists(() => jsm.consumers.info(stream, config.durable_name)))) await jsm.consumers.add(stream, config)
  else if (!onlyMissing) await jsm.consumers.update(stream, config.durable_name, config)
}

async function exists(question: () => Promise<unknown>): Promise<boolean> {
  try {
    await question()
    return true
  } catch (error) {
    if (error instanceof JetStreamApiError && notFound.has(error.code)) return false
    throw error
  }
}
