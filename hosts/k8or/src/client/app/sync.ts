import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Context } from '../context'
import type { ExitCode } from '../errors'
import { parseApplicationName } from './application-name'
import { showRehearsal } from './rehearsal'
import { selectResources } from './select-resources'
import { parseTimeout, waitUntil } from './wait'

export interface SyncFlags {
  readonly prune?: boolean
  readonly dryRun?: boolean
  readonly revision?: string
  readonly resource?: readonly string[]
  readonly applyOutOfSyncOnly?: boolean
  readonly wait?: boolean
  readonly timeout: string
}

/** `k8or app sync` */
export async function syncApplication(context: Context, flags: SyncFlags, name: string): Promise<ExitCode | undefined> {
  const { prune = false, dryRun = false, revision = '' } = flags
  const timeoutMs = parseTimeout(flags.timeout)
  const named = parseApplicationName(name)
  const objects = async () => (await context.mesh.call(Applications.method.get, { name: named })).resources
  const resources = await selectResources(flags.resource ?? [], objects)
  const options = flags.applyOutOfSyncOnly === true ? ['ApplyOutOfSyncOnly=true'] : []
  const request = { name: named, prune, dryRun, revision, resources, options }
  const { requestedAt } = await context.mesh.call(Applications.method.sync, request)
  if (dryRun) return showRehearsal(context, name, { requestedAt, prune, timeoutMs })
  if (flags.wait === true) {
    // Of some objects nobody can say that the whole is in sync and well afterwards.
    const isWhole = resources.length === 0
    const goal = { health: isWhole, sync: isWhole, operationSince: requestedAt }
    return waitUntil(context, name, goal, timeoutMs)
  }
  await context.answer({
    data: { name, requestedAt },
    names: () => [name],
    table: () => `sync of ${name} was asked for; see \`k8or app wait ${name}\``,
  })
  return undefined
}
