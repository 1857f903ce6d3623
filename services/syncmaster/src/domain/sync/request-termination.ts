import { Later, Never } from '@k8or/outcome'
import type { Application } from '../application/application'
import { terminationPatch } from '../application/termination'
import { ConflictError, type Applications } from '../ports'
import { isBusy } from './request-operation'

const tries = 5

/**
 * Asks for the operation of an Application to end.
 * @throws Never when there is none
 */
export async function requestTermination(
  applications: Applications,
  application: Application,
  { actor, at }: { readonly actor: string; readonly at: string },
  signal: AbortSignal,
): Promise<void> {
  let present: Application | undefined = application
  for (let attempt = 0; present && attempt < tries; attempt++) {
    if (!isBusy(present)) throw new Never('unable to terminate operation: no operation is in progress')
    try {
      await applications.patch(present, terminationPatch(present, actor, at), signal)
      return
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error
      present = await applications.read(present, signal)
    }
  }
  throw new Later(`application ${application.name} changes too often, or is gone; try again`)
}
