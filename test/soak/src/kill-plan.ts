/** Whom a half kills, in turn, and how often. */
export interface KillPlan {
  readonly everyMs: number
  readonly turns: readonly string[]
}

const servers = ['nats', 'redis']
/** What was killed may come back before the next is. */
const leastMs = 10_000

/**
 * In the first half everything is killed, each at least once; in the second half only NATS and Redis, so that what the
 * services hold can be followed through one life in which all that they are connected to goes away and comes back.
 */
export function killPlans(processes: readonly string[], halfMs: number, everyMs: number): [KillPlan, KillPlan] {
  const services = processes.filter((name) => !servers.includes(name))
  const all = [...services, ...servers]
  const often = Math.max(leastMs, Math.min(everyMs, halfMs / (all.length + 1)))
  return [
    { everyMs: often, turns: all },
    { everyMs: often, turns: servers },
  ]
}
