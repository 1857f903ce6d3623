import { z } from 'zod'

/** A process that holds leases, and the name under which it does. */
export const Incarnation = z.object({ holder: z.string().min(1), host: z.string(), pid: z.number().int() })
export type Incarnation = z.infer<typeof Incarnation>

/**
 * Who a replica is after a restart: the one it was, so that it takes its buckets up at once instead of waiting for its own
 * leases to run out. Another one, where the former may still run: two under one name would take from each other.
 */
export function reincarnate(
  former: Incarnation | undefined,
  fresh: Incarnation,
  isRunning: (pid: number) => boolean,
): Incarnation {
  if (former?.host !== fresh.host) return fresh
  // In a container a process has the number of the one before it.
  if (former.pid !== fresh.pid && isRunning(former.pid)) return fresh
  return { ...fresh, holder: former.holder }
}
