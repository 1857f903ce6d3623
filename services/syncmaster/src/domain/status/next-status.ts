import type { ReleaseRecord } from '@k8or/contracts'
import { hasManySources } from '../application/application'
import { terminationOf } from '../application/termination'
import type { ApplicationStatus } from '../application/application-status'
import { isOver, seconds } from '../sync/sync-pointer'
import { needed, type Work } from '../sync/work'
import { nextConditions } from './conditions'
import { applicationHealth } from './health'
import { nextHistory, operationState, resolvedFields } from './operation-state'
import { isInSync, resourceStatuses, viewResources } from './resources'

/** The status of an Application after a look at it, as Argo CD would write it. */
export function nextStatus(work: Work): ApplicationStatus {
  const before = work.application.status
  const now = seconds(work.now.toISOString())
  const status: ApplicationStatus = {
    ...before,
    conditions: nextConditions(before.conditions ?? [], work.conditions, now),
    controllerNamespace: work.settings.controlNamespace,
    reconciledAt: now,
  }
  if (work.isWaiting) return { ...status, ...firstStatus(before, now), ...endedStatus(work, now) }
  if (work.isUnknown || !work.changes) return { ...status, ...unknownStatus(work, before, now) }
  return { ...status, ...comparedStatus(work, now), ...operationStatus(work) }
}

/** A status that was never written says at least that nothing is known yet. */
function firstStatus(before: ApplicationStatus, now: string): Partial<ApplicationStatus> {
  return {
    sync: before.sync ?? { status: 'Unknown' },
    health: before.health ?? { status: 'Missing', lastTransitionTime: now },
  }
}

function unknownStatus(work: Work, before: ApplicationStatus, now: string): Partial<ApplicationStatus> {
  const word = healthOfUncompared(work, before)
  const since = before.health?.status === word ? before.health.lastTransitionTime : undefined
  return {
    sync: { ...before.sync, status: 'Unknown', ...comparedTo(work) },
    health: { status: word, lastTransitionTime: since ?? now },
    ...operationStatus(work),
  }
}

/**
 * A rejected declaration says nothing about what runs. A failed comparison leaves InsightHub's word standing; where
 * nothing was ever applied, nothing is live.
 */
function healthOfUncompared(work: Work, before: ApplicationStatus): string {
  if (work.conditions.has('InvalidSpecError') || work.conditions.has('UnknownError')) return 'Unknown'
  if (work.account.applied.size === 0 && !before.resources?.length) return 'Missing'
  const known = before.health?.status
  return work.ports.verdicts.ofApplication(work.uid)?.health?.status ?? known ?? 'Unknown'
}

function comparedStatus(work: Work, now: string): Partial<ApplicationStatus> {
  const views = viewResources(work)
  const release = needed(work.release)
  const { source: _source, sources: _sources, ...revisions } = resolvedFields(work, newestOf(work))
  const judged = views.filter((view) => !view.isGone && view.change.action !== 'skip').map((view) => view.judged)
  const types = release.sources.map((_, index) => sourceTypes[release.tools?.[index] ?? ''] ?? 'Directory')
  return {
    sync: { status: isInSync(views) && isNewest(work) ? 'Synced' : 'OutOfSync', ...revisions, ...comparedTo(work) },
    health: applicationHealth(judged, work.ports.verdicts.ofApplication(work.uid), work.application.status.health, now),
    resources: resourceStatuses(work, views),
    summary: { ...work.application.status.summary, ...imagesOf(release.images) },
    ...(hasManySources(work.application.spec) ? { sourceTypes: types } : { sourceType: types[0] ?? 'Directory' }),
  }
}

/** Argo CD's words for what rendered a source. */
const sourceTypes: Readonly<Record<string, string>> = { helm: 'Helm', kustomize: 'Kustomize' }

/** In sync is what is as the sources say now: an application that is held may be as it should, and is not in sync. */
function isNewest({ newer, release }: Work): boolean {
  return newer === undefined || (newer.digest === release?.digest && newer.problems.length === 0)
}

function newestOf(work: Work): ReleaseRecord {
  return work.newer ?? needed(work.release)
}

function imagesOf(images: readonly string[]): { images?: string[] } {
  return images.length === 0 ? {} : { images: [...images].sort() }
}

function comparedTo(work: Work): Record<string, unknown> {
  const { source, sources, destination, ignoreDifferences } = work.application.spec
  const { server, name, namespace } = destination
  return {
    comparedTo: {
      ...(hasManySources(work.application.spec) ? { sources } : source ? { source } : {}),
      destination: {
        ...(server === '' ? {} : { server }),
        ...(name === '' ? {} : { name }),
        ...(namespace === '' ? {} : { namespace }),
      },
      ...(ignoreDifferences?.length ? { ignoreDifferences } : {}),
    },
  }
}

function operationStatus(work: Work): Partial<ApplicationStatus> {
  const sync = work.toldSync
  if (work.ended) return endedStatus(work, '')
  if (!sync) return refusedOperation(work)
  const isDeployed = sync.phase === 'Succeeded' && !sync.dryRun && sync.isPartial !== true
  return {
    operationState: operationState(work, sync),
    ...(isDeployed && isOver(sync) ? { history: nextHistory(work, sync) } : {}),
  }
}

/** What can not be compared can not be synced: an operation that asks for it ends at once, with the reason. */
function refusedOperation(work: Work): Partial<ApplicationStatus> {
  const { operation } = work.application
  if (!operation || !work.isRejected) return {}
  const now = seconds(work.now.toISOString())
  const message = [...work.conditions].map(([type, text]) => `${type}: ${text}`).join('; ')
  return { operationState: { operation, phase: 'Error', message, startedAt: now, finishedAt: now } }
}

/** An operation that was ended in the middle keeps what was told of it, and is over. */
function endedStatus({ ended, application }: Work, now: string): Partial<ApplicationStatus> {
  const told = application.status.operationState
  if (ended) {
    const startedAt = seconds(ended.operationStartedAt)
    const known = told?.startedAt === startedAt ? told : { operation: application.operation ?? {}, startedAt }
    const end = { phase: 'Failed', message: ended.message, finishedAt: seconds(ended.finishedAt) }
    return { operationState: { ...known, ...end } }
  }
  if (!terminationOf(application)) return {}
  const end = { phase: 'Failed', message: 'Operation terminated', finishedAt: now }
  if (told?.phase === 'Terminating') return { operationState: { ...told, ...end } }
  const { operation } = application
  return operation ? { operationState: { operation, startedAt: now, ...end } } : {}
}
