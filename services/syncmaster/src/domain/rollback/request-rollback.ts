import { Never } from '@k8or/outcome'
import type { Application, Operation } from '../application/application'
import { holdAnnotation, holdOf, describeHold } from '../application/hold'
import { patchPresent } from '../application/patch-present'
import { annotations } from '../application/policy'
import type { Applications } from '../application/applications'
import { isBusy, requestedInfo } from '../sync/request-operation'

/** What is asked for. */
export interface RollbackRequest {
  readonly release: number
  /** As facts name whoever asks. */
  readonly actor: string
  readonly reason: string
  readonly prune: boolean
  /** RFC 3339. */
  readonly at: string
}

/** The entry of `operation.info` that makes a sync a rollback, and names its release. */
const rollbackInfo = 'rollback'

/** The release that an operation goes back to; undefined for any other operation. */
export function rollbackOf(operation: Operation | undefined): number | undefined {
  const release = Number(operation?.info?.find(({ name }) => name === rollbackInfo)?.value)
  return Number.isInteger(release) && release > 0 ? release : undefined
}

/**
 * Writes the hold and the operation at once: whatever happens then, nothing goes forward. An operation that is there gives
 * way. Answers whether one did.
 * @throws Never when the application may not be changed
 */
export async function requestRollback(
  applications: Applications,
  application: Application,
  request: RollbackRequest,
  signal: AbortSignal,
): Promise<boolean> {
  const patched = await patchPresent(applications, application, signal, (present) => {
    checkRollback(present)
    return rollbackPatch(present, request)
  })
  return isBusy(patched)
}

/** @throws Never with the reason when no rollback may begin */
export function checkRollback(application: Application): void {
  if (application.deletedAt !== undefined) throw new Never(`application ${application.name} is being deleted`)
  const hold = holdOf(application)
  if (hold?.kind === 'suspend')
    throw new Never(`application ${application.name} is ${describeHold(hold, application.name)}`)
}

function rollbackPatch(
  { resourceVersion, operation, status }: Application,
  request: RollbackRequest,
): Record<string, unknown> {
  const { release, actor, reason, prune, at } = request
  const hold = holdAnnotation({ actor, reason, since: at, release, reverts: [] })
  const username = actor.replace(/^user:/, '')
  const info = [
    { name: requestedInfo, value: at },
    { name: rollbackInfo, value: String(release) },
  ]
  // That the operation which gives way was to end does not concern the rollback.
  const isEnding = status.operationState?.phase === 'Terminating'
  return {
    ...(isEnding ? { status: { operationState: { phase: 'Running' } } } : {}),
    metadata: { resourceVersion, annotations: { [annotations.hold]: hold, [annotations.terminate]: null } },
    operation: {
      ...withoutFields(operation),
      sync: { ...withoutFields(operation?.sync), prune },
      initiatedBy: { username },
      info,
    },
  }
}

/** A merge patch keeps what it does not name: the fields of an operation that gives way are taken out one by one. */
function withoutFields(before: object | null | undefined): Record<string, null> {
  return Object.fromEntries(Object.keys(before ?? {}).map((field) => [field, null]))
}
