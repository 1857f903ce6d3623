import { Later } from '@k8or/outcome'
import type { Application } from '../../application/application'
import { annotations } from '../../application/policy'
import { terminationOf } from '../../application/termination'
import type { ApplicationStatus } from '../../application/application-status'
import { mergePatchBetween } from '../../status/merge-patch'
import { nextStatus } from '../../status/next-status'
import { operationState } from '../../status/operation-state'
import { ConflictError } from '../../application/applications'
import { isOver, type SyncPointer } from '../sync-pointer'
import { operationDigest, type Work } from '../work'

/** Writes the status, when it says something new. */
export async function report(work: Work): Promise<void> {
  const next = nextStatus(work)
  const patch = resourcePatch(work, next)
  if (patch && isBrandNew(work)) {
    work.lookAgain ??= { delayMs: newForMs, reason: 'its first release did not come yet' }
  } else if (patch && mayWait(work, patch)) {
    work.lookAgain ??= { delayMs: 1000, reason: 'the status has details to add' }
  } else if (patch) {
    await patchResource(work, patch)
    work.memory.reportedAtMs = work.now.getTime()
    noteTransitions(work, next)
    noteConditions(work, next)
  }
  noteEnd(work)
}

const newForMs = 2000

/** A new Application whose first release is on its way has nothing to tell: soon it will. */
function isBrandNew({ application, isWaiting, conditions, now }: Work): boolean {
  const isUntold = application.status.sync == null && application.operation === undefined && conditions.size === 0
  return isWaiting && isUntold && now.getTime() - Date.parse(application.createdAt) < newForMs
}

function resourcePatch(work: Work, next: ApplicationStatus): Record<string, unknown> | undefined {
  const { reconciledAt, ...told } = next
  const { reconciledAt: _before, ...known } = presentStatus(work)
  const status = mergePatchBetween(known, told) as Record<string, unknown> | undefined
  const sync = work.toldSync
  const isTerminated = terminationOf(work.application) !== undefined
  const isEnded = isTerminated || (sync ? isOver(sync) : work.isRejected)
  const isOperationOver = work.application.operation !== undefined && isEnded
  const answered = [annotations.refresh, ...(isTerminated ? [annotations.terminate] : [])]
  const marks = answered.filter((name) => work.application.annotations[name] !== undefined)
  if (!status && !isOperationOver && marks.length === 0) return undefined
  return {
    ...(marks.length > 0 ? { metadata: { annotations: Object.fromEntries(marks.map((name) => [name, null])) } } : {}),
    ...(isOperationOver ? { operation: null } : {}),
    status: { ...status, reconciledAt },
  }
}

const tries = 5

/** An operation that ended is taken away; one that took its place meanwhile, such as a rollback, must not be. */
async function patchResource(work: Work, patch: Record<string, unknown>): Promise<void> {
  const { applications } = work.ports
  if (!('operation' in patch)) return applications.patch(work.application, patch, work.signal)
  const { operation, ...others } = patch
  let present: Application | undefined = work.application
  for (let attempt = 0; present && attempt < tries; attempt++) {
    if (operationDigest(present) !== work.operationDigest) return applications.patch(present, others, work.signal)
    const metadata = { ...(patch['metadata'] as object), resourceVersion: present.resourceVersion }
    try {
      await applications.patch(present, { ...others, operation, metadata }, work.signal)
      return
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error
      present = await applications.read(present, work.signal)
    }
  }
  if (present) throw new Later(`application ${work.instance} changes too often to tell how its operation ended`)
}

/** What the resource says now: since this look began, the beginning of a long sync may have been told. */
function presentStatus(work: Work): ApplicationStatus {
  return work.ports.applications.get(work.uid)?.status ?? work.application.status
}

/** Tells that a sync runs. */
export async function reportRunning(work: Work, pointer: SyncPointer): Promise<void> {
  const told = { ...work.application.status, operationState: operationState(work, pointer) }
  const sync = { ...told.sync, status: 'OutOfSync' }
  const patch = mergePatchBetween(work.application.status, { ...told, sync })
  if (patch) await work.ports.applications.patch(work.application, { status: patch }, work.signal)
}

const detailsEveryMs = 1000

/** Details of health alone are told at most once a second: the words that people wait for are told at once. */
function mayWait(work: Work, patch: Record<string, unknown>): boolean {
  if (work.outcome?.sync || 'operation' in patch || 'metadata' in patch) return false
  if (work.now.getTime() - work.memory.reportedAtMs >= detailsEveryMs) return false
  const { health, resources: _resources, reconciledAt: _at, ...rest } = patch['status'] as Record<string, unknown>
  const isOtherWord = typeof health === 'object' && health !== null && 'status' in health
  return Object.keys(rest).length === 0 && !isOtherWord
}

type Word = string | null | undefined

function noteTransitions(work: Work, next: ApplicationStatus): void {
  const before = work.application.status
  const tell = (what: string, from: Word, to: Word): void => {
    if (!from || !to || from === to) return
    const message = `Updated ${what} status: ${from} -> ${to}`
    work.ports.applications.note(work.application, { reason: 'ResourceUpdated', message })
  }
  tell('sync', before.sync?.status, next.sync?.status)
  tell('health', before.health?.status, next.health?.status)
}

function noteConditions(work: Work, next: ApplicationStatus): void {
  const before = new Map(work.application.status.conditions?.map(({ type, message }) => [type, message]))
  for (const { type, message } of next.conditions ?? []) {
    if (before.get(type) === message) continue
    const isTold = isToldElsewhere(work, type, message)
    work.ports.signals.conditionCame({ application: work.instance, type, message, isTold })
  }
}

/** How a sync failed is told with its end, and what can not be rendered by ChartStore: one thing is told once. */
function isToldElsewhere({ outcome, account, release }: Work, type: string, message: string): boolean {
  if (type === 'ComparisonError') return (release?.problems.length ?? 0) > 0
  const last = account.sync?.message ?? ''
  return type === 'SyncError' && (outcome !== undefined || (last !== '' && message.includes(last)))
}

function noteEnd(work: Work): void {
  const sync = work.outcome?.sync
  if (!sync || !isOver(sync)) return
  const hasFailed = sync.phase !== 'Succeeded'
  const revision = work.release?.sources[0]?.revision ?? ''
  const message = hasFailed
    ? `Sync operation to ${revision} failed: ${sync.message}`
    : `Sync operation to ${revision} succeeded`
  work.ports.applications.note(work.application, { reason: 'OperationCompleted', message, isWarning: hasFailed })
}
