import { Images, type TaggedImage } from '@k8or/contracts/rpc/codesource/v1/images'
import type { Calls } from '@k8or/rpc'
import type { KnownTag } from '../../domain/images/known-tag'
import type { Registry } from '../../domain/images/ports'

const registryMs = 60_000

/** Registries, asked by CodeSource, which has the credentials. */
export class CodeSourceRegistry implements Registry {
  private readonly client

  constructor(
    calls: Calls,
    private readonly stopping: AbortSignal,
  ) {
    this.client = calls.to('codesource', Images)
  }

  async list(image: string, pullSecret: string): Promise<readonly string[]> {
    const { tags } = await this.client.listTags({ image, pullSecret }, this.options())
    return tags
  }

  /** What the registry has no longer is left out. */
  async describe(image: string, tags: readonly string[], pullSecret: string): Promise<readonly KnownTag[]> {
    const { images } = await this.client.describe({ image, tags: [...tags], pullSecret }, this.options())
    return images.filter(({ digest }) => digest !== '').map(knownTag)
  }

  private options() {
    return { timeoutMs: registryMs, signal: this.stopping }
  }
}

function knownTag({ tag, digest, createdAt, platforms }: TaggedImage): KnownTag {
  return { name: tag, digest, platforms, ...(createdAt === '' ? {} : { created: createdAt }) }
}
