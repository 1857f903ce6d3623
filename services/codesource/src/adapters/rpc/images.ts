import type { HandlerContext } from '@connectrpc/connect'
import { Images, type DescribeRequest, type ListTagsRequest } from '@k8or/contracts/rpc/codesource/v1/images'
import { Later, Never } from '@k8or/outcome'
import { ForbiddenError, InvalidRequestError, NotFoundError, RpcService } from '@k8or/rpc'
import { imageTag } from '../../domain/webhook/image'
import { RegistryError } from '../../domain/image/registry-error'
import { OciRegistry } from '../registry/oci-registry'

const mostTags = 2_000
const atOnce = 8

@RpcService(Images)
export class ImageAnswers {
  constructor(private readonly registry: OciRegistry) {}

  async listTags({ image, pullSecret }: ListTagsRequest, { signal }: HandlerContext) {
    return telling(async () => ({ tags: await this.registry.tags(image, { pullSecret, signal }) }))
  }

  async describe({ image, tags, pullSecret }: DescribeRequest, { signal }: HandlerContext) {
    if (tags.length > mostTags) throw new InvalidRequestError(`tags: at most ${mostTags} at once`)
    const strange = tags.find((tag) => !imageTag.safeParse(tag).success)
    if (strange !== undefined) throw new InvalidRequestError(`tags: ${JSON.stringify(strange)} can not be a tag`)
    const describe = async (tag: string) => {
      const found = await this.registry.describe(image, tag, { pullSecret, signal })
      return {
        tag,
        digest: found?.digest ?? '',
        createdAt: found?.createdAt ?? '',
        platforms: [...(found?.platforms ?? [])],
      }
    }
    return telling(async () => ({ images: await inOrder(tags, describe) }))
  }
}

/** A few at a time: one call must not take all connections to a registry. */
async function inOrder<Item, Answer>(items: readonly Item[], work: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let at = 0; at < items.length; at += atOnce)
    answers.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))))
  return answers
}

/** Says a failure in the words of calls. */
async function telling<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error
    const { reason, message, retryAfterMs } = error
    if (reason === 'missing') throw new NotFoundError(message)
    if (reason === 'invalid') throw new InvalidRequestError(message)
    if (reason === 'refused') throw new ForbiddenError(message)
    throw reason === 'untrue' ? new Never(message) : new Later(message, retryAfterMs)
  }
}
