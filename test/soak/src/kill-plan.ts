/** Whom a half kills, in turn, how often, and for how long from its beginning. */
export interface KillPlan {
  readonly everyMs: number
  readonly forMs: number
  readonly turns: readonly string[]
}

const servers = ['nats', 'redis']
/** What was killed may come back before the next is. */
const leastMs = 10_000

/**
 * In the first half everything is killed, each at least once; in the second half only NATS and Redis, so that what the
 * services hold can be followed through one life in which all that they are connected to goes away and comes back; its
 * end is left to NATS and Redis for lives of their own.
 */
export function killPlans(processes: readonly string[], halfMs: number, everyMs: number): [KillPlan, KillPlan] {
  const services = processes.filter((name) => !servers.includes(name))
  const all = [...services, ...servers]
  const often = Math.max(leastMs, Math.min(everyMs, halfMs / (all.length + 1)))
  return [
    { everyMs: often, forMs: halfMs, turns: all },
    { everyMs: often, forMs: halfMs / 2, turns: servers },
  ]
}
