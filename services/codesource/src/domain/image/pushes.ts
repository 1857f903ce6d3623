import {
  imageKey,
  imageToken,
  repositoryToken,
  type DeliveryReceived,
  type Fact,
  type PushRecord,
} from '@k8or/contracts'

/** What a delivery says of each tag that it names, by the tag's key. */
export function pushesOf(
  fact: Fact<DeliveryReceived>,
  traceparent: string | undefined,
): ReadonlyMap<string, PushRecord> {
  const via = fact.data.provider === 'registry' ? 'registry' : 'ci'
  const pushes = (fact.data.images ?? []).map(({ name, tag, digest, builtAt = null, repository, commit }) => {
    const token = imageToken(name)
    const source =
      repository === undefined || commit === undefined
        ? null
        : { repository: { url: repository, token: repositoryToken(repository) }, commit }
    const push: PushRecord = {
      ...{ image: { name, token }, tag, digest, via, builtAt, source, open: true },
      ...{ causes: [fact.id], correlationId: fact.correlationId },
      ...(traceparent === undefined ? {} : { traceparent }),
    }
    return [imageKey(token, tag), push] as const
  })
  return new Map(pushes)
}

/** Two words about one push are one: the registry knows the digest, the pipeline the commit. The newest digest counts. */
export function mergePushes(before: PushRecord | undefined, next: PushRecord): PushRecord {
  if (!before?.open) return next
  const isSame = before.digest === '' || next.digest === '' || before.digest === next.digest
  const causes = [...new Set([...before.causes, ...next.causes])]
  const { correlationId } = before
  if (!isSame) return { ...next, causes, correlationId }
  return {
    ...next,
    digest: next.digest || before.digest,
    via: next.source ? next.via : before.source ? before.via : next.via,
    builtAt: next.builtAt ?? before.builtAt,
    source: next.source ?? before.source,
    causes,
    correlationId,
  }
}
