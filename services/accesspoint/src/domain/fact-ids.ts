/** A stop is known by its beginning. */
export function stopRaisedId(key: string, since: string): string {
  return `stop.raised/${key}/${Date.parse(since)}`
}

/** The end of that stop. */
export function stopLiftedId(key: string, since: string): string {
  return `stop.lifted/${key}/${Date.parse(since)}`
}

/** A cluster begins or ceases to answer at one moment. */
export function reachabilityId(fact: 'cluster.reachable' | 'cluster.unreachable', key: string, since: string): string {
  return `${fact}/${key}/${Date.parse(since)}`
}

/** One line of one replica's access records. */
export function accessRecordedId({ replica, sequence }: { replica: string; sequence: number }): string {
  return `access.recorded/${replica}/${sequence}`
}
