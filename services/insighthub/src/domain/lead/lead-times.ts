import { findDeployments } from './deployments'
import { milestones, type Deployment, type LeadFacts, type Milestone, type Passed } from './milestones'

/** How long something took, of so many: half of them less than the one, nineteen of twenty less than the other. */
export interface Spread {
  readonly count: number
  readonly p50Ms: number
  readonly p95Ms: number
}

/** The times between two milestones. */
export interface HopTime extends Spread {
  readonly from: Milestone
  readonly to: Milestone
}

/** How long deployments of an application to a cluster take. */
export interface LeadTime {
  readonly application: string
  readonly cluster: string
  readonly deployments: number
  readonly healthy: number
  readonly hops: readonly HopTime[]
  /** From what came first until it was healthy; undefined while nothing became healthy. */
  readonly whole: Spread | undefined
}

/** An application as people name it. */
export interface NamedApplication {
  readonly uid: string
  readonly name: string
}

/** The lead times of an application since then, in order of the clusters that it was deployed to. */
export function measureLeadTimes(index: LeadFacts, { uid, name }: NamedApplication, since: number): LeadTime[] {
  const byCluster = Map.groupBy(findDeployments(index, uid, since), ({ cluster }) => cluster)
  const clusters = [...byCluster].toSorted(([one], [other]) => one.localeCompare(other))
  return clusters.map(([cluster, deployments]) => measure(name, cluster, deployments))
}

function measure(application: string, cluster: string, deployments: readonly Deployment[]): LeadTime {
  const ways = deployments.map(({ passed }) => wayOf(passed))
  const healthy = ways.filter((way) => way.at(-1)?.at === 'healthy')
  const whole = healthy.map((way) => (way.at(-1)?.time ?? 0) - (way[0]?.time ?? 0))
  return {
    ...{ application, cluster, deployments: deployments.length, healthy: healthy.length },
    hops: hopsOf(ways),
    whole: whole.length === 0 ? undefined : spreadOf(whole),
  }
}

type Way = readonly { readonly at: Milestone; readonly time: number }[]

function wayOf(passed: Passed): Way {
  return milestones.flatMap((at) => (passed[at] === undefined ? [] : [{ at, time: passed[at] }]))
}

/** A hop is from one milestone to the next that was passed: a push by hand is received, then observed. */
function hopsOf(ways: readonly Way[]): HopTime[] {
  return milestones.flatMap((from) =>
    milestones.flatMap((to) => {
      const times = ways.flatMap((way) => {
        const [start, end] = way.slice(way.findIndex(({ at }) => at === to) - 1)
        // Two services tell the time: what seems to come before its cause took no time.
        return start?.at === from && end?.at === to ? [Math.max(0, end.time - start.time)] : []
      })
      return times.length === 0 ? [] : [{ from, to, ...spreadOf(times) }]
    }),
  )
}

function spreadOf(times: readonly number[]): Spread {
  const ordered = times.toSorted((one, other) => one - other)
  const rank = (share: number) => ordered[Math.ceil(share * ordered.length) - 1] ?? 0
  return { count: ordered.length, p50Ms: rank(0.5), p95Ms: rank(0.95) }
}
