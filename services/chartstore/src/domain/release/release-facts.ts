import type { FactDraft, ReleaseFailed, ReleaseRecord, ReleaseRendered } from '@k8or/contracts'

const actor = 'service:chartstore'

/** The fact that announces the release of a record. */
export function renderedFact(record: ReleaseRecord, token: string): FactDraft<ReleaseRendered> {
  const { application, release, digest, inputDigest, sources, objects, images, warnings } = record
  const { factId: id, causes, correlationId, renderedAt } = record
  const data = { application, release, digest, inputDigest, sources, objects, images, warnings }
  return { id, token, time: new Date(renderedAt), data, causes, correlationId, actor }
}

/** The fact that announces why there can be none. */
export function failedFact(
  { application, problems }: ReleaseRecord,
  { factId: id, inputDigest, sources, causes, correlationId, at }: NonNullable<ReleaseRecord['failure']>,
  token: string,
): FactDraft<ReleaseFailed> {
  const data = { application, inputDigest, sources, problems }
  return { id, token, time: new Date(at), data, causes, correlationId, actor }
}
