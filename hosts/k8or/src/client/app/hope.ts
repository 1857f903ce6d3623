import type { Application, GetResponse, Resource } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { kindOf, nameOf } from '../output/words'
import { formatApplicationName } from './application-name'

/** What is waited for. */
export interface Goal {
  readonly health: boolean
  readonly sync: boolean
  /** An operation that was asked for at this time has ended. */
  readonly operationSince?: string
}

/** Why waiting on is in vain, and what to do instead. */
export interface DeadEnd {
  readonly message: string
  readonly nextStep: string
}

/** What an application still lacks, in words. */
export function missingOf(application: Application, { health, sync, operationSince }: Goal): string[] {
  return [
    ...(operationSince !== undefined && !hasEnded(application, operationSince) ? ['done'] : []),
    ...(sync && application.syncStatus !== 'Synced' ? ['Synced'] : []),
    ...(health && application.healthStatus !== 'Healthy' ? ['Healthy'] : []),
  ]
}

/** Why what is waited for will not come by itself: the sync has failed, or only objects to be pruned are left of it. */
export function deadEndOf({ application, resources }: GetResponse, goal: Goal): DeadEnd | undefined {
  if (!application || isRunning(application)) return undefined
  const { operationSince, sync } = goal
  if (operationSince !== undefined && !hasEnded(application, operationSince)) return undefined
  const isOpen = sync && application.syncStatus !== 'Synced'
  if (hasFailed(application) && (isOpen || operationSince !== undefined)) return failure(application)
  return isOpen && application.syncStatus === 'OutOfSync' ? surplusOnly(application, resources) : undefined
}

/** Whether the newest operation is over and did not succeed. */
function hasFailed({ phase }: Application): boolean {
  return phase === 'Failed' || phase === 'Error'
}

/** Whether the operation that was asked for is over, or one that came after it runs already. */
function hasEnded(application: Application, requestedAt: string): boolean {
  const { operationStartedAt, operationFinishedAt, operationRequestedAt } = application
  if (operationRequestedAt === requestedAt) return !isRunning(application) && operationFinishedAt !== ''
  // Argo CD writes whole seconds.
  return Date.parse(operationStartedAt) > Date.parse(requestedAt)
}

function isRunning({ phase }: Application): boolean {
  return phase === 'Running' || phase === 'Terminating'
}

function failure({ name, phase, message }: Application): DeadEnd {
  const application = formatApplicationName(name)
  return {
    message: `the sync of ${application} ended ${phase}: ${message}`,
    nextStep: `see \`k8or app get ${application}\``,
  }
}

const named = 3

function surplusOnly({ name }: Application, resources: readonly Resource[]): DeadEnd | undefined {
  const open = resources.filter(({ syncStatus }) => syncStatus === 'OutOfSync')
  // What is being deleted already is Progressing.
  const isStuck = open.every(({ requiresPruning, healthStatus }) => requiresPruning && healthStatus !== 'Progressing')
  if (open.length === 0 || !isStuck) return undefined
  const application = formatApplicationName(name)
  const names = open.slice(0, named).map((resource) => `${kindOf(resource)} ${nameOf(resource)}`)
  const more = open.length > named ? ` and ${open.length - named} more` : ''
  return {
    message: `${application} is OutOfSync: ${open.length} objects that left the sources require pruning (${names.join(', ')}${more})`,
    nextStep: `delete them by \`k8or app sync ${application} --prune\``,
  }
}
