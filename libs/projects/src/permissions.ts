import { matchesGlob, matchesGlobOrExpression } from './glob'
import type { DestinationPattern, KindPattern, Project } from './project'

/** A cluster as projects judge it. */
export interface JudgedCluster {
  readonly name: string
  readonly server: string
  /** The project that the cluster belongs to; empty or absent when it is for all. */
  readonly project?: string | undefined
}

/** One object as projects judge it. */
export interface JudgedObject {
  readonly group: string
  readonly kind: string
  readonly namespaced: boolean
  readonly namespace: string
  /** Empty when it is not known yet. */
  readonly name: string
}

/** The field of an AppProject that says no, and why. */
export interface Denial {
  readonly field: 'destinations' | 'clusterResourceWhitelist' | 'namespaceResourceWhitelist'
  readonly reason: string
}

/** Whether a project takes applications of a namespace. Those of the control namespace may use every project. */
export function permitsApplicationNamespace(project: Project, namespace: string, controlNamespace: string): boolean {
  if (namespace === controlNamespace) return true
  return project.spec.sourceNamespaces.some((pattern) => matchesGlobOrExpression(pattern, namespace))
}

/** Whether a project permits a repository: some entry matches it and none with `!` denies it. `*` stays in its segment. */
export function permitsRepository(project: Project, url: string): boolean {
  const wanted = comparableUrl(url)
  const matches = (pattern: string): boolean => pattern === '*' || matchesGlob(comparableUrl(pattern), wanted, '/')
  return isPermitted(
    project.spec.sourceRepos.map((entry) => {
      if (!isDenying(entry)) return matches(entry) ? 'matches' : 'neither'
      return matches(entry.slice(1)) ? 'denies' : 'matches'
    }),
  )
}

/** Whether a project lets its applications go to a namespace of a cluster. */
export function permitsDestination(project: Project, cluster: JudgedCluster, namespace: string): boolean {
  const { destinations, permitOnlyProjectScopedClusters } = project.spec
  const isOwn = cluster.project === project.name
  if (permitOnlyProjectScopedClusters && !isOwn) return false
  // A cluster that belongs to the project is one of its destinations.
  const scoped = isOwn ? [{ server: cluster.server, name: '', namespace: '*' }] : []
  return isPermitted([...destinations, ...scoped].map((pattern) => judge(pattern, cluster, namespace)))
}

/** Why a project does not permit an object on a cluster; undefined when it does. */
export function denyObject(project: Project, cluster: JudgedCluster, object: JudgedObject): Denial | undefined {
  const { name } = project
  if (!permitsKind(project, object)) {
    const field = object.namespaced ? 'namespaceResourceWhitelist' : 'clusterResourceWhitelist'
    const kind = `${object.group === '' ? '' : `${object.group}:`}${object.kind}`
    return { field, reason: `resource ${kind} is not permitted in project ${name}` }
  }
  if (object.namespaced && !permitsDestination(project, cluster, object.namespace))
    return { field: 'destinations', reason: `namespace ${object.namespace} is not permitted in project '${name}'` }
  return undefined
}

/** What is said of a destination that a project does not permit. */
export function destinationDenied(project: Project, cluster: JudgedCluster, namespace: string): string {
  return `application destination server '${cluster.server}' and namespace '${namespace}' do not match any of the allowed destinations in project '${project.name}'`
}

/** Whether a project permits a kind. */
export function permitsKind({ spec }: Project, object: JudgedObject): boolean {
  if (!object.namespaced)
    return lists(spec.clusterResourceWhitelist, object) && !denies(spec.clusterResourceBlacklist, object)
  const allowed = spec.namespaceResourceWhitelist
  return (allowed == null || lists(allowed, object)) && !denies(spec.namespaceResourceBlacklist, object)
}

type Verdict = 'matches' | 'denies' | 'neither'

function isPermitted(verdicts: readonly Verdict[]): boolean {
  return verdicts.includes('matches') && !verdicts.includes('denies')
}

/**
 * A part with `!` matches all but its pattern, and denies what it does not match. So one entry may permit and deny, as
 * in Argo CD: `{server: '*', namespace: '!kube-system'}` permits all namespaces but one.
 */
function judge(pattern: DestinationPattern, cluster: JudgedCluster, namespace: string): Verdict {
  const server = trimServer(pattern.server)
  const parts = [
    { pattern: pattern.name, isMatch: pattern.name !== '' && matchesPart(pattern.name, cluster.name) },
    { pattern: server, isMatch: server !== '' && matchesPart(server, trimServer(cluster.server)) },
    { pattern: pattern.namespace, isMatch: matchesPart(pattern.namespace, namespace) },
  ] as const
  const [byName, byServer, within] = parts
  if ((byName.isMatch || byServer.isMatch) && within.isMatch) return 'matches'
  return parts.some(({ pattern: part, isMatch }) => !isMatch && isDenying(part)) ? 'denies' : 'neither'
}

function matchesPart(pattern: string, text: string): boolean {
  return isDenying(pattern) ? !matchesGlob(pattern.slice(1), text) : matchesGlob(pattern, text)
}

function isDenying(pattern: string): boolean {
  return pattern.startsWith('!')
}

function lists(patterns: readonly KindPattern[], object: JudgedObject): boolean {
  return patterns.some(
    (pattern) =>
      matchesGlob(pattern.group, object.group) &&
      matchesGlob(pattern.kind, object.kind) &&
      (pattern.name === '' || matchesGlob(pattern.name, object.name)),
  )
}

/** A name that is not known yet counts as any name that is denied: that of an object being created is in its body alone. */
function denies(patterns: readonly KindPattern[], object: JudgedObject): boolean {
  const unnamed = object.name === '' ? patterns.map((pattern) => ({ ...pattern, name: '' })) : patterns
  return lists(unnamed, object)
}

function trimServer(server: string): string {
  return server.replace(/\/+$/, '')
}

const scpForm = /^(?<user>[^@/:]+@)?(?<host>[^/:]+):(?!\/\/)/

function comparableUrl(url: string): string {
  const text = url.trim().toLowerCase()
  return (text.includes('://') ? text : text.replace(scpForm, 'ssh://$<user>$<host>/'))
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
}
