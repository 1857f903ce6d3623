import { Later, Never } from '@k8or/outcome'
import type { Application, Operation } from '../application/application'
import { ConflictError, type Applications } from '../ports'

const tries = 5

/** The entry of `operation.info` by which whoever asked knows the operation again. */
export const requestedInfo = 'requested'

/**
 * Writes an operation to an Application, unless it has one.
 * @throws Never when another operation is in progress
 */
export async function requestOperation(
  applications: Applications,
  application: Application,
  operation: Operation,
  signal: AbortSignal,
): Promise<Application> {
  let present: Application | undefined = application
  for (let attempt = 0; present && attempt < tries; attempt++) {
    if (isBusy(present)) throw new Never('another operation is already in progress')
    try {
      const { resourceVersion } = present
      await applications.patch(present, { metadata: { resourceVersion }, operation }, signal)
      return present
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error
      present = await applications.read(present, signal)
    }
  }
  throw new Later(`application ${application.name} changes too often, or is gone; try again`)
}

/** Whether a sync runs, or is about to. */
export function isBusy({ operation, status }: Application): boolean {
  const phase = status.operationState?.phase
  return operation !== undefined || phase === 'Running' || phase === 'Terminating'
}
