import { leaseRecord } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'

/**
 * Tells when a bucket gets another owner, with the lease under which it was won. What stands there at the start says
 * nothing: its revision is that of the last renewal.
 */
export async function watchLeases(
  bus: Bus,
  onTenure: (bucket: number, lease: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const holders = new Map<string, string>()
  let isLive = false
  await bus.records(leaseRecord).watch(
    ({ key, value, revision }) => {
      const holder = value === null ? '' : `${value.holder} ${value.since}`
      const isNew = holder !== '' && holders.get(key) !== holder
      holders.set(key, holder)
      if (isLive && isNew) onTenure(Number(key.split('.')[1]), revision)
    },
    { signal },
  )
  isLive = true
}
