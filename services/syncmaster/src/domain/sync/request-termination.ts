import { Never } from '@k8or/outcome'
import type { Application } from '../application/application'
import { patchPresent } from '../application/patch-present'
import { terminationPatch } from '../application/termination'
import type { Applications } from '../application/applications'
import { isBusy } from './request-operation'

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
  await patchPresent(applications, application, signal, (present) => {
    if (!isBusy(present)) throw new Never('unable to terminate operation: no operation is in progress')
    return terminationPatch(present, actor, at)
  })
}
