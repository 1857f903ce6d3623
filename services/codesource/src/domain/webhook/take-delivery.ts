import {
  deliveryReceived,
  imageToken,
  noToken,
  repositoryToken,
  sha256,
  withoutPassword,
  type Announcer,
  type DeliveryReceived,
  type Fact,
} from '@k8or/contracts'
import { legible } from '@k8or/outcome'
import type { Clock, TakenDeliveries, WebhookSecrets } from '../ports'
import type { Followed } from '../repository/followed'
import { providerOf } from './providers'
import { MalformedDeliveryError, type Delivery, type WebhookProvider, type WebhookRequest } from './webhook'

/** The answer to a webhook: a status of HTTP and a sentence for whoever reads the sender's log. */
export interface WebhookAnswer {
  readonly status: 200 | 400 | 401
  readonly result: 'accepted' | 'duplicate' | 'ignored' | 'unfollowed' | 'malformed' | 'refused'
  readonly message: string
  readonly provider?: string
  readonly delivery?: string
}

/** What taking deliveries needs. */
export interface TakingParts {
  readonly secrets: WebhookSecrets
  readonly taken: TakenDeliveries
  readonly announcer: Announcer<'codesource'>
  readonly followed: Followed
  readonly clock: Clock
}

/**
 * GitHub and GitLab send a delivery a second time only when somebody asks them to; what stands in between may repeat it
 * within moments. The first is a wish to look again, the second nothing.
 */
const redeliveredAfterMs = 60_000

/** Takes webhooks: verifies, reads, drops what was taken already, stores the fact. Answers only after that. */
export class TakingDeliveries {
  constructor(private readonly parts: TakingParts) {}

  /** @throws Later when the fact can not be stored now */
  async take(request: WebhookRequest): Promise<WebhookAnswer> {
    const answer = await this.answerTo(request)
    return { ...answer, message: legible(answer.message) }
  }

  private async answerTo(request: WebhookRequest): Promise<WebhookAnswer> {
    const provider = providerOf(request)
    if ('unknown' in provider) return { status: 400, result: 'malformed', message: provider.unknown }
    const refusal = await this.refusalOf(provider, request)
    if (refusal !== undefined) return { status: 401, result: 'refused', message: refusal, provider: provider.id }
    try {
      const read = provider.read(request)
      if ('ignored' in read) return { status: 200, result: 'ignored', message: read.ignored, provider: provider.id }
      return await this.store(provider, read)
    } catch (error) {
      if (!(error instanceof MalformedDeliveryError)) throw error
      return { status: 400, result: 'malformed', message: error.message, provider: provider.id }
    }
  }

  private async refusalOf(provider: WebhookProvider, request: WebhookRequest): Promise<string | undefined> {
    const { secrets } = this.parts
    const secret = await secrets.of(provider.id)
    const refusal = refusalBy(provider, request, secret)
    if (refusal === undefined) return undefined
    // The secret may have been changed a moment ago.
    const newest = await secrets.of(provider.id, { fresh: true })
    return newest === secret ? refusal : refusalBy(provider, request, newest)
  }

  private async store(provider: WebhookProvider, delivery: Delivery): Promise<WebhookAnswer> {
    const { taken, announcer, followed, clock } = this.parts
    const now = clock()
    const key = `${provider.id}.${sha256(delivery.delivery).slice(0, 32)}`
    const before = await taken.takenAt(key)
    const named = { provider: provider.id, delivery: delivery.delivery }
    if (before && now.getTime() - before.getTime() < redeliveredAfterMs) return duplicate(named)
    const first = `delivery.received/${key.replace('.', '/')}`
    const id = before ? `${first}/again/${now.getTime()}` : first
    const [token] = followed.matching(delivery.repositories)
    const { duplicate: wasThere } = await announcer.publish(deliveryReceived, {
      id,
      token: token ?? tokenOf(delivery),
      time: now,
      data: { ...withoutCredentials(delivery), provider: provider.id, redelivery: before !== undefined },
      causes: [],
      actor: `webhook:${provider.id}`,
    })
    await taken.remember(key, id, now)
    if (wasThere) return duplicate(named)
    return { status: 200, ...named, ...this.saying(delivery, token !== undefined) }
  }

  private saying(delivery: Delivery, isFollowed: boolean): Pick<WebhookAnswer, 'result' | 'message'> {
    if (delivery.images) return { result: 'accepted', message: `taken: ${namesOf(delivery.images)}` }
    if (delivery.event === 'ping') return { result: 'accepted', message: 'pong: the webhook is set up' }
    if (isFollowed) return { result: 'accepted', message: `taken: ${delivery.ref ?? 'the repository'} will be fetched` }
    const url = delivery.repositories[0] ?? '(unnamed)'
    return { result: 'unfollowed', message: `taken, without effect: no application follows ${withoutPassword(url)}` }
  }
}

function refusalBy(provider: WebhookProvider, request: WebhookRequest, secret = ''): string | undefined {
  if (secret === '')
    return `webhooks of ${provider.title} are refused: no secret is set, put ${provider.secretKey} into the Secret argocd-secret`
  const reason = provider.refusal(request, secret)
  return reason === undefined ? undefined : `webhook of ${provider.title} is refused: ${reason}`
}

function duplicate(named: { provider: string; delivery: string }): WebhookAnswer {
  return { status: 200, result: 'duplicate', message: `delivery ${named.delivery} was already taken`, ...named }
}

/** What it is about: the first image, or the first repository. */
function tokenOf({ repositories: [url], images: [image] = [] }: Delivery): string {
  if (image) return imageToken(image.name)
  return url === undefined ? noToken : repositoryToken(url)
}

function namesOf(images: NonNullable<Delivery['images']>): string {
  const [first] = images.map(({ name, tag }) => `${name}:${tag}`)
  return images.length > 1 ? `${first} and ${images.length - 1} more` : `${first}`
}

function withoutCredentials(delivery: Delivery): Delivery {
  return { ...delivery, repositories: delivery.repositories.map(withoutPassword) }
}

/** The followed repositories that a stored delivery is about. */
export function repositoriesOf(fact: Fact<DeliveryReceived>, followed: Followed): readonly string[] {
  return fact.data.event === 'push' ? followed.matching(fact.data.repositories) : []
}
