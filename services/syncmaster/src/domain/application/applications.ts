import type { Project } from '@k8or/projects'
import type { Application } from './application'

/** The Applications and AppProjects of the hub, as the watch last showed them. */
export interface Applications {
  /** Whether the watch has shown all there are: only then is one that is missing gone. */
  isComplete(): boolean
  get(uid: string): Application | undefined
  list(): Application[]
  project(name: string): Project | undefined
  /** Asks for the resource as it is now. */
  read(application: Application, signal: AbortSignal): Promise<Application | undefined>
  /**
   * Changes the resource by a JSON merge patch. Nothing happens when it is gone.
   * @throws ConflictError when the patch names a resource version and another is the present one
   */
  patch(application: Application, patch: Record<string, unknown>, signal: AbortSignal): Promise<void>
  /** Leaves a Kubernetes Event on the resource; may drop it when there are too many. */
  note(application: Application, event: { reason: string; message: string; isWarning?: boolean }): void
}

/** The resource was changed since it was read. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError'
}
