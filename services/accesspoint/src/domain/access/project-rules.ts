import type { ClusterEntry } from '../routing/clusters'
import { trimServer } from '../routing/clusters'
import { matchesGlob, matchesGlobOrExpression } from './glob'
import type { Application, DestinationPattern, KindPattern, Project } from './project'

/** One object as a project judges it. */
export interface JudgedObject {
  readonly group: string
  readonly kind: string
  readonly namespaced: boolean
  readonly namespace: string
  readonly name: string
}

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
  if (!permitsDestination(project, cluster, application.destination.namespace))
    return denial(
      'destinations',
      name,
      `application destination server '${cluster.server}' and namespace '${application.destination.namespace}' do not match any of the allowed destinations in project '${name}'`,
    )
  if (!permitsKind(project, object))
    return denial(
      object.namespaced ? 'namespaceResourceWhitelist' : 'clusterResourceWhitelist',
      name,
      `resource ${object.group}:${object.kind} is not permitted in project ${name}`,
    )
  if (object.namespaced && !permitsDestination(project, cluster, object.namespace))
    return denial('destinations', name, `namespace ${object.namespace} is not permitted in project '${name}'`)
  return undefined
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

/** Whether a project takes applications from a namespace. */
function permitsApplicationNamespace(project: Project, namespace: string, controlNamespace: string): boolean {
  if (namespace === controlNamespace) return true
  return project.sourceNamespaces.some((pattern) => matchesGlobOrExpression(pattern, namespace))
}

/** Whether a project lets its applications go to a namespace of a cluster. */
export function permitsDestination(project: Project, cluster: ClusterEntry, namespace: string): boolean {
  const own = cluster.project === project.name
  if (project.permitOnlyProjectScopedClusters && !own) return false
  // A cluster that belongs to the project is one of its destinations.
  const scoped = own ? [{ server: cluster.server, name: '', namespace: '*' }] : []
  const verdicts = [...project.destinations, ...scoped].map((pattern) => judge(pattern, cluster, namespace))
  return verdicts.includes('matches') && !verdicts.includes('denies')
}

/**
 * A part with `!` matches all but its pattern, and denies what it does not match. So one entry may permit and deny, as
 * in Argo CD: `{server: '*', namespace: '!kube-system'}` permits all namespaces but one.
 */
function judge(
  pattern: DestinationPattern,
  cluster: ClusterEntry,
  namespace: string,
): 'matches' | 'denies' | 'neither' {
  const name = pattern.name !== '' && matchesPart(pattern.name, cluster.name)
  const server =
    pattern.server !== '' && matchesPart(pattern.server, trimServer(cluster.server), trimServer(pattern.server))
  const within = matchesPart(pattern.namespace, namespace)
  if ((name || server) && within) return 'matches'
  const denied =
    (!name && isDenying(pattern.name)) ||
    (!server && isDenying(pattern.server)) ||
    (!within && isDenying(pattern.namespace))
  return denied ? 'denies' : 'neither'
}

function matchesPart(pattern: string, text: string, trimmed = pattern): boolean {
  return isDenying(pattern) ? !matchesGlob(trimmed.slice(1), text) : matchesGlob(trimmed, text)
}

function isDenying(pattern: string): boolean {
  return pattern.startsWith('!')
}

/** Whether a project permits a kind. */
export function permitsKind(project: Project, object: JudgedObject): boolean {
  if (!object.namespaced)
    return lists(project.clusterResourceWhitelist, object) && !denies(project.clusterResourceBlacklist, object)
  const { namespaceResourceWhitelist: allowed } = project
  return (allowed === undefined || lists(allowed, object)) && !denies(project.namespaceResourceBlacklist, object)
}

function lists(patterns: readonly KindPattern[], object: JudgedObject): boolean {
  return patterns.some(
    (pattern) =>
      matchesGlob(pattern.group, object.group) &&
      matchesGlob(pattern.kind, object.kind) &&
      (pattern.name === undefined || pattern.name === '' || matchesGlob(pattern.name, object.name)),
  )
}

/** The name of an object that is being created is in the body alone: it counts as any name that is denied. */
function denies(patterns: readonly KindPattern[], object: JudgedObject): boolean {
  const named = object.name === '' ? patterns.map(({ group, kind }) => ({ group, kind })) : patterns
  return lists(named, object)
}

function denial(field: string, project: string, reason: string): ProjectDenial {
  return { rule: `project:${project}:${field}`, reason: `${reason}; extend ${field} of AppProject ${project}` }
}
