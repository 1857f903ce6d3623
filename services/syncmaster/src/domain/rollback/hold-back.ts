import type { Application, Operation } from '../application/application'
import { describeHold, holdOf } from '../application/hold'
import { rollbackOf } from './request-rollback'

/**
 * Why nothing at all is changed by itself: the application is suspended, or held where nothing was ever applied; `present`
 * is the release tried last.
 */
export function whyLeftAlone(application: Application, present: number | undefined): string | undefined {
  const hold = holdOf(application)
  const isAnywhere = hold?.kind === 'hold' && heldRelease(application, present) === undefined
  return hold?.kind === 'suspend' || isAnywhere ? describeHold(hold, application.name) : undefined
}

/** Why what somebody asks for is not done: it would go forward from where the application is held. */
export function whyHeld(application: Application, operation: Operation): string | undefined {
  const hold = holdOf(application)
  if (!hold || (hold.kind === 'hold' && rollbackOf(operation) !== undefined)) return undefined
  return `the application is ${describeHold(hold, application.name)}`
}

/** The release that is to be on the cluster, where that is not the newest; `present` is the one tried last. */
export function heldRelease(application: Application, present: number | undefined): number | undefined {
  const hold = holdOf(application)
  if (hold?.kind !== 'hold') return undefined
  return hold.release > 0 ? hold.release : present
}
