import { applicationToken, instanceName } from '@k8or/contracts'
import { projectOf, sourcesOf, type Application } from '../../domain/application/application'
import { automationOf } from '../../domain/application/policy'
import type { HistoryEntry, ResourceStatus } from '../../domain/application/application-status'
import { printable, type ObjectDifference } from '../../domain/sync/explain-diff'

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
    sources: sourcesOf(spec).map(({ repoURL, path, targetRevision }) => ({ repoUrl: repoURL, path, targetRevision })),
    token: applicationToken(instanceName(namespace, name, controlNamespace), uid),
    ...statusFields(status),
  }
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
  } = resource
  return {
    ...{ group, version, kind, namespace, name, requiresPruning },
    syncStatus: status,
    healthStatus: health?.status ?? '',
    healthMessage: health?.message ?? '',
  }
}

/** One object of a diff. */
export function diffMessage({ change, action, fields, live, predicted, problem }: ObjectDifference) {
  const { group, version, kind, namespace, name } = change.ref
  return {
    resource: {
      ...{ group, version, kind, namespace, name },
      syncStatus: action === 'unchanged' ? 'Synced' : 'OutOfSync',
      healthStatus: '',
      healthMessage: problem,
      requiresPruning: action === 'delete',
    },
    change: action,
    fields: [...fields],
    live: printable(live),
    desired: printable(predicted),
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
