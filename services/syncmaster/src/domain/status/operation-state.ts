import type { ReleaseRecord } from '@k8or/contracts'
import type { HistoryEntry, OperationState, ResourceResult } from '../application/application-status'
import { hasManySources, type Application } from '../application/application'
import { compareRefs } from '../compare-refs'
import type { ObjectOutcome } from '../sync/outcome'
import { seconds, type SyncPointer } from '../sync/sync-pointer'
import { needed, type Work } from '../sync/work'

/** The operation as the status tells it: a projection of the facts of its syncs (ADR 0015). */
export function operationState(work: Work, pointer: SyncPointer): OperationState {
  const { outcome } = work
  const isRunning = pointer.phase === 'Running' || pointer.phase === 'Retrying'
  return {
    operation: operationOf(work, pointer),
    phase: isRunning ? 'Running' : pointer.phase,
    message: pointer.message,
    startedAt: seconds(pointer.operationStartedAt),
    ...(pointer.finishedAt === '' ? {} : { finishedAt: seconds(pointer.finishedAt) }),
    ...(pointer.retries > 0 ? { retryCount: pointer.retries } : {}),
    syncResult: {
      ...resolvedFields(work, needed(work.release)),
      ...(outcome ? { resources: resourceResults(outcome.objects) } : {}),
    },
  }
}

function operationOf(work: Work, pointer: SyncPointer): Record<string, unknown> {
  const { operation, spec } = work.application
  if (pointer.operation !== '' && operation) return operation
  const options = spec.syncPolicy?.syncOptions
  return {
    sync: {
      ...resolvedRevisions(work, work.application),
      ...(pointer.prune ? { prune: true } : {}),
      ...(options?.length ? { syncOptions: options } : {}),
    },
    initiatedBy: { automated: true },
    retry: spec.syncPolicy?.retry ?? { limit: 5 },
  }
}

function resolvedRevisions(work: Work, application: Application): Record<string, unknown> {
  const revisions = needed(work.release).sources.map((source) => source.revision)
  return hasManySources(application.spec) ? { revisions } : { revision: revisions[0] ?? '' }
}

/** The revisions and sources that a release was made of, in the fields that fit the declaration. */
export function resolvedFields(
  { application }: Work,
  release: ReleaseRecord,
): Record<string, unknown> & { revision: string } {
  const { source, sources } = application.spec
  const revisions = release.sources.map((resolved) => resolved.revision)
  if (hasManySources(application.spec)) return { revision: '', revisions, sources: sources ?? [] }
  return { revision: revisions[0] ?? '', ...(source ? { source } : {}) }
}

function resourceResults(objects: readonly ObjectOutcome[]): ResourceResult[] {
  return objects
    .toSorted((a, b) => compareRefs(a.change.ref, b.change.ref))
    .map((outcome) => ({
      ...outcome.change.ref,
      message: outcome.message,
      ...(outcome.change.action === 'skip'
        ? {}
        : { status: resultWord(outcome.result), syncPhase: 'Sync', hookPhase: phaseOf(outcome) }),
    }))
}

function phaseOf({ result, gate }: ObjectOutcome): string {
  if (result === 'failed' || gate === 'failed') return 'Failed'
  return gate === 'awaited' ? 'Running' : 'Succeeded'
}

function resultWord(result: ObjectOutcome['result']): string {
  if (result === 'failed') return 'SyncFailed'
  if (result === 'deleted') return 'Pruned'
  return result === 'skipped' ? 'PruneSkipped' : 'Synced'
}

/** The past deployments with the one that just succeeded; the same one is not told twice. */
export function nextHistory(work: Work, pointer: SyncPointer): HistoryEntry[] {
  const history = work.application.status.history ?? []
  const limit = work.application.spec.revisionHistoryLimit ?? work.settings.historyLimit
  const startedAt = seconds(pointer.operationStartedAt)
  const resolved = resolvedFields(work, needed(work.release))
  const isThis = (entry: HistoryEntry): boolean =>
    entry.deployStartedAt === startedAt && entry.revision === resolved.revision
  const known = history.filter((entry) => !isThis(entry))
  const username = work.application.operation?.initiatedBy?.username
  const entry: HistoryEntry = {
    id: (known.at(-1)?.id ?? -1) + 1,
    release: pointer.release,
    ...resolved,
    deployStartedAt: startedAt,
    deployedAt: seconds(pointer.finishedAt),
    initiatedBy: pointer.operation === '' ? { automated: true } : { ...(username ? { username } : {}) },
  }
  return limit <= 0 ? [] : [...known, entry].slice(-limit)
}
