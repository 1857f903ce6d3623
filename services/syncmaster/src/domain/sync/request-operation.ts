import { Never } from '@k8or/outcome'
import type { Application, Operation } from '../application/application'
import { patchPresent } from '../application/patch-present'
import type { Applications } from '../application/applications'

/** The entry of `operation.info` by which whoever asked knows the operation again. */
export const requestedInfo = 'requested'

/**
 * Writes an operation to an Application, unless it has one.
 * @throws Never when another operation is in progress
 */
export function requestOperation(
  applications: Applications,
  application: Application,
  operation: Operation,
  signal: AbortSignal,
): Promise<Application> {
  return patchPresent(applications, application, signal, (present) => {
    if (isBusy(present)) throw new Never('another operation is already in progress')
    return { metadata: { resourceVersion: present.resourceVersion }, operation }
  })
}

/** Whether a sync runs, or is about to. */
export function isBusy({ operation, status }: Application): boolean {
  const phase = status.operationState?.phase
  return operation !== undefined || phase === 'Running' || phase === 'Terminating'
}
