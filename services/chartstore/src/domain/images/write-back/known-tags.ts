import type { ImageRecord } from '@k8or/contracts'
import type { KnownTag } from '../known-tag'
import type { RegistryView } from '../ports'

/** All tags of an image: those that the registry lists, and those that were pushed since it was asked. */
export function knownTags(pushed: readonly ImageRecord[], registry: RegistryView | undefined): KnownTag[] {
  const tags = new Map((registry?.tags ?? []).map((tag) => [tag.name, tag]))
  for (const row of pushed) {
    const listed = tags.get(row.tag)
    if (!listed && registry && row.observedAt < registry.askedAt) continue
    tags.set(row.tag, { ...pushedTag(row), ...stated(listed, row, registry) })
  }
  return [...tags.values()]
}

/** What is known of a tag by its push. Who does not say when it was built has built it just now. */
export function pushedTag({ tag, digest, firstDigest, builtAt, observedAt }: ImageRecord): KnownTag {
  return { name: tag, digest, created: builtAt ?? observedAt, ...(digest === firstDigest ? {} : { isMoved: true }) }
}

/** What the registry says counts; the digest too, where it was asked for after the push. */
function stated(
  listed: KnownTag | undefined,
  { tag, observedAt }: ImageRecord,
  registry: RegistryView | undefined,
): Partial<KnownTag> {
  const { created, platforms, digest } = listed ?? {}
  const isNewer = (registry?.describedAt.get(tag) ?? '') > observedAt
  return {
    ...(created === undefined ? {} : { created }),
    ...(platforms === undefined ? {} : { platforms }),
    ...(digest === undefined || !isNewer ? {} : { digest }),
  }
}
