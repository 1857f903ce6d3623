import { z } from 'zod'
import type { Application } from './application'
import { annotations } from './policy'

/** Somebody wants the operation of an Application to end. */
export interface Termination {
  /** Such as `user:ada`. */
  readonly actor: string
}

const Written = z.object({ actor: z.string().min(1) })

/** Whether the operation of an Application is to end: by our annotation, or in Argo CD's way by the phase in the status. */
export function terminationOf({ annotations: marks, status }: Application): Termination | undefined {
  const text = marks[annotations.terminate]
  if (text !== undefined) return parse(text)
  return status.operationState?.phase === 'Terminating' ? { actor: 'unknown' } : undefined
}

/** What is written to an Application for its operation to end. */
export function terminationPatch(
  { status, resourceVersion }: Application,
  actor: string,
  at: string,
): Record<string, unknown> {
  const metadata = { resourceVersion, annotations: { [annotations.terminate]: JSON.stringify({ actor, at }) } }
  const isTold = status.operationState?.phase === 'Running'
  return { metadata, ...(isTold ? { status: { operationState: { phase: 'Terminating' } } } : {}) }
}

function parse(text: string): Termination {
  try {
    return Written.parse(JSON.parse(text))
  } catch {
    return { actor: 'unknown' }
  }
}
