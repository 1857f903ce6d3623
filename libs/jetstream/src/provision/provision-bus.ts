import { JetStreamApiError, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { inboxPrefixOf, openConnection } from '../connection/connect'
import { defaultRetention, wantedConsumers, wantedStreams, type Retention } from './streams'

/** Where the bus is, and the provisioner's certificate (`provisionerId`). All PEM. */
export interface ProvisionOptions {
  readonly url: string
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string }
  readonly retention?: Partial<Retention>
}

const notFound = new Set([10059, 10014])

/** Makes every stream, durable consumer and bucket that the contracts name; what is there is brought up to date. */
export async function provisionBus({ url, tls, retention }: ProvisionOptions): Promise<void> {
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
      wantedStreams({ ...defaultRetention, ...retention }).map((stream) => provisionStream(jsm, stream)),
    )
    await Promise.all(wantedConsumers().map((consumer) => provisionConsumer(jsm, consumer)))
  } finally {
    await connection.close()
  }
}

async function provisionStream(jsm: JetStreamManager, wanted: ReturnType<typeof wantedStreams>[number]): Promise<void> {
  if (await exists(() => jsm.streams.info(wanted.name))) await jsm.streams.update(wanted.name, wanted)
  else await jsm.streams.add(wanted)
}

async function provisionConsumer(
  jsm: JetStreamManager,
  { stream, config }: ReturnType<typeof wantedConsumers>[number],
): Promise<void> {
  if (await exists(() => jsm.consumers.info(stream, config.durable_name))) {
    await jsm.consumers.update(stream, config.durable_name, config)
  } else {
    await jsm.consumers.add(stream, config)
  }
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
