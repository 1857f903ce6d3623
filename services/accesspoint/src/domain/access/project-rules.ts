import {
  denyObject,
  destinationDenied,
  permitsApplicationNamespace,
  permitsDestination,
  type JudgedObject,
  type Project,
} from '@k8or/projects'
import type { ClusterEntry } from '../routing/clusters'
import type { Application } from './application'

/** A rule of a project that says no. */
export interface ProjectDenial {
  readonly rule: string
  readonly reason: string
}

/**
 * Why an application may not change an object on a cluster, by the rules of its project (Argo CD's AppProject checks 2,
 * 6 and 8); undefined when it may.
 */
export function projectDenial(
  project: Project,
  application: Application,
  cluster: ClusterEntry,
  object: JudgedObject,
  controlNamespace: string,
): ProjectDenial | undefined {
  const { name } = project
  if (!permitsApplicationNamespace(project, application.namespace, controlNamespace))
    return denial(
      'sourceNamespaces',
      name,
      `application ${application.namespace}/${application.name} is not permitted to use project ${name}`,
    )
  const { namespace } = application.destination
  if (!permitsDestination(project, cluster, namespace))
    return denial('destinations', name, destinationDenied(project, cluster, namespace))
  const denied = denyObject(project, cluster, object)
  return denied && denial(denied.field, name, denied.reason)
}

/** Why a cluster that is managed in some namespaces only does not take an object; undefined when it does. */
export function clusterDenial(cluster: ClusterEntry, object: JudgedObject): ProjectDenial | undefined {
  if (cluster.namespaces.length === 0) return undefined
  const isManaged = object.namespaced ? cluster.namespaces.includes(object.namespace) : cluster.clusterResources
  if (isManaged) return undefined
  const what = object.namespaced ? `namespace ${object.namespace}` : `cluster-scoped ${object.kind} ${object.name}`
  const field = object.namespaced ? 'namespaces' : 'clusterResources'
  return {
    rule: `cluster:${field}`,
    reason: `${what} is not managed on cluster ${cluster.name}; extend ${field} in its Secret`,
  }
}

function denial(field: string, project: string, reason: string): ProjectDenial {
  return { rule: `project:${project}:${field}`, reason: `${reason}; extend ${field} of AppProject ${project}` }
}
