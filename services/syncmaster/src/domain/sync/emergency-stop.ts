import type { Work } from './work'

/** Why nothing may be changed on a cluster now; undefined when no emergency stop stands over it. */
export function whyStopped(work: Pick<Work, 'ports'>, cluster: string): string | undefined {
  const stop = work.ports.stops.over(cluster)
  if (!stop) return undefined
  const { actor, since, reason } = stop
  const [what, option] =
    stop.cluster === '' ? ['the mesh', ''] : [`cluster ${stop.cluster}`, ` --cluster ${stop.cluster}`]
  return `emergency stop: ${what} was stopped by ${actor} at ${since}: ${reason}; it goes on when somebody lifts it (k8or emergency-stop lift${option})`
}
