import { bucketOf } from '@k8or/contracts'
import type { Application } from '../application/application'
import type { Ports } from '../ports'
import { Memory, Work, type Settings } from './work'

/**
 * Begins a look at an application that only asks and changes nothing. Without the lease of its bucket, the lease is 0:
 * enough for dry runs, refused for all else.
 */
export async function openWork(
  application: Application,
  ports: Ports,
  settings: Settings,
  signal: AbortSignal,
): Promise<Work> {
  const account = await ports.accounts.open(application.uid)
  const lease = ports.buckets.fenceOf(bucketOf(application.uid)) ?? 0
  return new Work(application, account, new Memory(), lease, ports, settings, signal)
}
