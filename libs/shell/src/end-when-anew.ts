import type { Bus } from '@k8or/jetstream'
import type { Opening } from './until-signal'

/**
 * Ends the process when the bus has lost what it was built on. A service that starts looks at everything, and does so
 * with streams that hold nothing: one way for all that a service may have learnt from the ones before.
 */
export function endWhenAnew(bus: Bus, { endBecause }: Pick<Opening, 'endBecause'>): void {
  bus.onMadeAnew((stream) =>
    endBecause(
      `stream ${stream} is another one now, made anew or put back from an older copy: what was known of it is no longer so`,
    ),
  )
}
