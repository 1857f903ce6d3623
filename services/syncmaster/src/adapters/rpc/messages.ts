import { applicationToken, instanceName, withoutPassword } from '@k8or/contracts'
import type { SyncRequest } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { projectOf, sourcesOf, type Application } from '../../domain/application/application'
import { holdOf, type Hold } from '../../domain/application/hold'
import { automationOf } from '../../domain/application/policy'
import type { HistoryEntry, ResourceStatus } from '../../domain/application/application-status'
import { requiresPruning } from '../../domain/plan/prune'
import { printable } from '../../domain/question/explain-diff'
import type { ObjectDifference } from '../../domain/sync/predict-change'
import { requestedInfo } from '../../domain/sync/request-operation'

/** An Application as calls answer it. */
export function applicationMessage(application: Application, controlNamespace: string) {
  const { uid, namespace, name, spec, status } = application
  const { destination } = spec
  return {
    name: { namespace, name },
    uid,
    project: projectOf(spec),
    destination: destination.name === '' ? destination.server : destination.name,
    destinationNamespace: destination.namespace,
    automated: automationOf(spec).automated,
    sources: sourcesOf(spec).map(({ repoURL, path, targetRevision }) => ({
      ...{ repoUrl: withoutPassword(repoURL), path, targetRevision },
    })),
    token: applicationToken(instanceName(namespace, name, controlNamespace), uid),
    ...holdFields(application),
    ...statusFields(status),
  }
}

function holdFields(application: Application) {
  const hold = holdOf(application)
  return hold ? { hold: holdMessage(hold) } : {}
}

/** What keeps an Application from being changed. */
export function holdMessage({ release, reverts, ...who }: Hold) {
  return { ...who, release: BigInt(release), reverts: [...reverts] }
}

function statusFields(status: Application['status']) {
  const { sync, health, operationState, conditions, history } = status
  return {
    syncStatus: sync?.status ?? '',
    healthStatus: health?.status ?? '',
    healthMessage: health?.message ?? '',
    revision: revisionOf(sync ?? undefined),
    release: BigInt(history?.at(-1)?.release ?? 0),
    phase: operationState?.phase ?? '',
    message: operationState?.message ?? '',
    operationStartedAt: operationState?.startedAt ?? '',
    operationFinishedAt: operationState?.finishedAt ?? '',
    operationRequestedAt: operationState?.operation.info?.find(({ name }) => name === requestedInfo)?.value ?? '',
    conditions: (conditions ?? []).map(({ type, message, lastTransitionTime }) => ({
      type,
      message,
      lastTransitionTime: lastTransitionTime ?? '',
    })),
  }
}

function revisionOf(
  resolved: { revision?: string | null | undefined; revisions?: string[] | null | undefined } | undefined,
): string {
  return resolved?.revision || (resolved?.revisions?.join(',') ?? '')
}

/** The objects of an Application as its status lists them. */
export function resourceMessages(application: Application) {
  return (application.status.resources ?? []).map(resourceMessage)
}

function resourceMessage(resource: ResourceStatus) {
  const {
    group = '',
    version = '',
    kind,
    namespace = '',
    name,
    status = '',
    health,
    requiresPruning = false,
    syncWave = 0,
  } = resource
  return {
    ...{ group, version, kind, namespace, name, requiresPruning, wave: syncWave },
    syncStatus: status,
    healthStatus: health?.status ?? '',
    healthMessage: health?.message ?? '',
  }
}

/** What the newest operation did to each object. */
export function resultMessages(application: Application) {
  return (application.status.operationState?.syncResult?.resources ?? []).map(
    ({ group, version, kind, namespace, name, status = '', message = '', hookPhase = '' }) => {
      return { group, version, kind, namespace, name, status, message, phase: hookPhase }
    },
  )
}

/** One object of a diff. */
export function diffMessage({ change, action, fields, live, predicted, reason, problem }: ObjectDifference) {
  const { group, version, kind, namespace, name } = change.ref
  return {
    resource: {
      ...{ group, version, kind, namespace, name },
      syncStatus: action === 'unchanged' ? 'Synced' : 'OutOfSync',
      healthStatus: '',
      healthMessage: problem,
      requiresPruning: action === 'delete' || action === 'keep',
      wave: change.wave,
    },
    change: action,
    fields: [...fields],
    live: printable(live),
    desired: printable(predicted),
    reason: reason === requiresPruning ? 'would be pruned (needs --prune)' : reason,
  }
}

/** The past deployments, newest first. */
export function historyMessages(application: Application) {
  return (application.status.history ?? []).toReversed().map(historyMessage)
}

function historyMessage({ id, deployedAt, initiatedBy, release = 0, ...resolved }: HistoryEntry) {
  const by = initiatedBy?.automated ? 'automated' : (initiatedBy?.username ?? '')
  const deployed = { revision: revisionOf(resolved), deployedAt: deployedAt ?? '', initiatedBy: by }
  return { id: BigInt(id), release: BigInt(release), ...deployed }
}

/** What is asked of a sync, as the operation of an Application says it. */
export function syncOperation({
  prune,
  dryRun,
  revision,
  resources,
  options,
}: Omit<SyncRequest, 'name' | '$typeName'>) {
  const selected = resources.map(({ group, kind, namespace, name }) => ({ group, kind, namespace, name }))
  return {
    ...(revision === '' ? {} : { revision }),
    ...(prune ? { prune } : {}),
    ...(dryRun ? { dryRun } : {}),
    ...(selected.length > 0 ? { resources: selected } : {}),
    ...(options.length > 0 ? { syncOptions: options } : {}),
  }
}
