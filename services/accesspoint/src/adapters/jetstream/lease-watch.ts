import { leaseRecord } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'

/**
 * Tells under which lease each bucket was won by its present owner: as it stands at the start, and whenever it changes.
 * Resolves when all that stand at the start were told, and not before.
 */
export function watchLeases(
  bus: Bus,
  onTenure: (bucket: number, lease: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return bus.records(leaseRecord).watch(
    ({ key, value, revision }) => {
      if (value) onTenure(Number(key.split('.')[1]), value.fence ?? revision)
    },
    { signal, filter: 'bucket.*' },
  )
}
