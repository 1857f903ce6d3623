import { describeHold, holdOf } from '../../application/hold'
import type { EndOfLook, Work } from '../work'

/** What keeps an Application from being changed is told whatever else is found. */
export async function respectHold({ application, conditions }: Work): Promise<EndOfLook | undefined> {
  const hold = holdOf(application)
  if (!hold) return undefined
  const type = hold.kind === 'suspend' ? 'SuspendedWarning' : 'HoldWarning'
  conditions.set(type, `the application is ${describeHold(hold, application.name)}`)
  return undefined
}
