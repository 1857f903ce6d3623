import type { FactDraft, ImageBuilt, ImageRecord, PushRecord, TagMoved } from '@k8or/contracts'
import { imageKey } from '@k8or/contracts'

/** The row that a push leads to; undefined when it tells nothing new. A tag keeps the digest it was first known by. */
export function nextImage(
  known: ImageRecord | undefined,
  push: PushRecord,
  digest: string,
  at: Date,
): ImageRecord | undefined {
  const isSame = known?.digest === digest
  const [source, builtAt] = isSame
    ? [known.source ?? push.source, known.builtAt ?? push.builtAt]
    : [push.source, push.builtAt]
  if (isSame && source === known.source && builtAt === known.builtAt) return undefined
  const ordinal = (known?.ordinal ?? 0) + 1
  const firstDigest = known?.firstDigest ?? digest
  const { image, tag, via, causes, correlationId } = push
  const factId = `image.built/${idOf(push)}/${ordinal}/${digest.slice('sha256:'.length, 23)}`
  return {
    ...{ image, tag, digest, firstDigest, ordinal, via, builtAt, source, factId, correlationId, causes },
    moved: !isSame && digest !== firstDigest,
    observedAt: at.toISOString(),
    announced: false,
  }
}

/** The fact that announces a row. */
export function builtFact(record: ImageRecord): FactDraft<ImageBuilt> {
  const { image, tag, digest, ordinal, via, builtAt, source } = record
  return { ...envelopeOf(record), id: record.factId, data: { image, tag, digest, ordinal, via, builtAt, source } }
}

/** The fact that says that a known tag was pushed over. */
export function movedFact(record: ImageRecord): FactDraft<TagMoved> {
  const { image, tag, firstDigest, digest, ordinal } = record
  const id = record.factId.replace('image.built/', 'tag.moved/')
  return { ...envelopeOf(record), id, data: { image, tag, digest: firstDigest, pushed: digest, ordinal } }
}

function envelopeOf({ image, observedAt, causes, correlationId, via }: ImageRecord) {
  return { token: image.token, time: new Date(observedAt), causes, correlationId, actor: `webhook:${via}` }
}

function idOf({ image, tag }: PushRecord): string {
  return imageKey(image.token, tag).replace('.', '/')
}
