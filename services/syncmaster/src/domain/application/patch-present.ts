import { Later } from '@k8or/outcome'
import { ConflictError, type Applications } from './applications'
import type { Application } from './application'

const tries = 5

/**
 * Patches an Application as it is now: when the patch names a resource version and somebody was faster, the Application is
 * read again and the patch made anew. Answers what was patched.
 * @throws Later when others keep changing it; what `patchOf` throws
 */
export async function patchPresent(
  applications: Applications,
  application: Application,
  signal: AbortSignal,
  patchOf: (present: Application) => Record<string, unknown>,
): Promise<Application> {
  let present: Application | undefined = application
  for (let attempt = 0; present && attempt < tries; attempt++) {
    try {
      await applications.patch(present, patchOf(present), signal)
      return present
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error
      present = await applications.read(present, signal)
    }
  }
  throw new Later(`application ${application.name} changes too often, or is gone; try again`)
}
