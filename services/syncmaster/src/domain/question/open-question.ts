import { bucketOf } from '@k8or/contracts'
import type { Application } from '../application/application'
import type { Ports } from '../ports'
import { AskedAccount } from '../account/asked-account'
import { AskedLive } from '../sync/asked-live'
import { Memory, Work, type Settings } from '../sync/work'

/** The lease of whoever owns nothing: enough for dry runs, refused for all else. */
const noLease = 0

/** Begins a look at an application that only asks: it changes and notes nothing, whoever owns the application. */
export async function openQuestion(
  application: Application,
  ports: Ports,
  settings: Settings,
  signal: AbortSignal,
  askedRelease?: number,
): Promise<Work> {
  const account = new AskedAccount(await ports.accounts.read(application.uid))
  const isOwner = ports.buckets.fenceOf(bucketOf(application.uid)) !== undefined
  const seen = isOwner ? ports : { ...ports, live: new AskedLive(application.uid, ports) }
  return new Work(application, account, new Memory(), noLease, seen, settings, signal, askedRelease)
}
