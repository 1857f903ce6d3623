/** The stop of one row, as it was written. */
export function stopRaisedId(key: string, revision: number): string {
  return `stop.raised/${key}/${revision}`
}

/** The end of that stop. */
export function stopLiftedId(key: string, raised: number | string): string {
  return `stop.lifted/${key}/${raised}`
}

/** A cluster begins or ceases to answer at one moment. */
export function reachabilityId(fact: 'cluster.reachable' | 'cluster.unreachable', key: string, since: string): string {
  return `${fact}/${key}/${Date.parse(since)}`
}

/** One line of one replica's access records. */
export function accessRecordedId({ replica, sequence }: { replica: string; sequence: number }): string {
  return `access.recorded/${replica}/${sequence}`
}
