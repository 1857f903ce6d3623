import type { ObjectRef } from '@k8or/contracts'
import { hasManySources, projectOf, sourcesOf, type Application } from '../application/application'
import { matchesGlob } from './glob'
import type { Project, ProjectDestination } from './project'

/** The cluster of a destination. */
export interface TargetCluster {
  readonly name: string
  readonly server: string
}

/** Where applications may be declared and what the rules are checked against. */
export interface ProjectCheck {
  readonly application: Application
  readonly project: Project | undefined
  readonly controlNamespace: string
  readonly cluster: TargetCluster | undefined
  /** Why the cluster of the destination is not known. */
  readonly clusterProblem: string | undefined
}

/** What is wrong with a declaration, each rule with its own message; empty when it may be acted on. */
export function checkDeclaration(check: ProjectCheck): string[] {
  const { application, project } = check
  if (application.problem !== undefined) return [application.problem]
  const name = projectOf(application.spec)
  if (!project) return [`application references project ${name} which does not exist; create AppProject ${name}`]
  const foreign = checkSourceNamespace(check, project)
  if (foreign !== undefined) return [foreign]
  return [...checkSources(application, project), ...checkDestination(check, project)]
}

function checkSourceNamespace(check: ProjectCheck, project: Project): string | undefined {
  const { application, controlNamespace } = check
  const { namespace } = application
  if (namespace === controlNamespace) return undefined
  if (project.spec.sourceNamespaces.some((pattern) => matchesNamespace(pattern, namespace))) return undefined
  return `application '${application.name}' in namespace '${namespace}' is not allowed to use project '${project.name}'; add the namespace to its sourceNamespaces`
}

function matchesNamespace(pattern: string, namespace: string): boolean {
  if (!(pattern.length > 1 && pattern.startsWith('/') && pattern.endsWith('/'))) return matchesGlob(pattern, namespace)
  try {
    return new RegExp(pattern.slice(1, -1)).test(namespace)
  } catch {
    return false
  }
}

function checkSources(application: Application, project: Project): string[] {
  const sources = sourcesOf(application.spec)
  const field = hasManySources(application.spec) ? 'spec.sources[]' : 'spec.source'
  if (sources.length === 0)
    return ['spec.source.repoURL and either spec.source.path, spec.source.chart, or spec.source.ref are required']
  return sources.flatMap((source) => {
    const hasContent = source.path !== '' || source.chart !== undefined || source.ref !== undefined
    if (source.repoURL === '' || !hasContent)
      return [`${field}.repoURL and either ${field}.path, ${field}.chart, or ${field}.ref are required`]
    if (source.chart !== undefined && source.targetRevision === '')
      return [`${field}.targetRevision is required for chart ${source.chart}`]
    return permitsRepository(project, source.repoURL)
      ? []
      : [`application repo ${source.repoURL} is not permitted in project '${project.name}'`]
  })
}

function checkDestination(check: ProjectCheck, project: Project): string[] {
  const { application, cluster, clusterProblem } = check
  const { destination } = application.spec
  if (!cluster) return [clusterProblem ?? 'the destination is not known']
  if (permitsDestination(project, cluster, destination.namespace)) return []
  return [
    `application destination server '${cluster.server}' and namespace '${destination.namespace}' do not match any of the allowed destinations in project '${project.name}'`,
  ]
}

/** Whether a project permits a repository: some entry allows it and none with `!` denies it. `*` stays within a segment. */
export function permitsRepository(project: Project, url: string): boolean {
  const wanted = comparableUrl(url)
  const matches = (pattern: string): boolean => pattern === '*' || matchesGlob(comparableUrl(pattern), wanted, '/')
  return permits(project.spec.sourceRepos, matches)
}

function comparableUrl(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
}

function permits(entries: readonly string[], matches: (pattern: string) => boolean): boolean {
  if (entries.some((entry) => entry.startsWith('!') && matches(entry.slice(1)))) return false
  return entries.some((entry) => !entry.startsWith('!') && matches(entry))
}

/** Whether a project permits a namespace of a cluster. */
export function permitsDestination(project: Project, cluster: TargetCluster, namespace: string): boolean {
  const entries = project.spec.destinations
  if (entries.some((entry) => denies(entry, cluster, namespace))) return false
  return entries.some((entry) => matchesCluster(entry, cluster) && isMatch(entry.namespace, namespace))
}

/** An entry denies by `!` on its server or name, or on its namespace where the cluster is the one that it speaks of. */
function denies(entry: ProjectDestination, cluster: TargetCluster, namespace: string): boolean {
  const isNegated = [entry.server, entry.name].find((pattern) => pattern.startsWith('!'))
  if (isNegated !== undefined) {
    const value = isNegated === entry.server ? cluster.server : cluster.name
    return matchesGlob(isNegated.slice(1), value) && (entry.namespace === '' || isMatch(entry.namespace, namespace))
  }
  return (
    entry.namespace.startsWith('!') &&
    matchesCluster(entry, cluster) &&
    matchesGlob(entry.namespace.slice(1), namespace)
  )
}

function matchesCluster(entry: ProjectDestination, cluster: TargetCluster): boolean {
  if (entry.server !== '') return isMatch(entry.server, cluster.server)
  return entry.name !== '' && isMatch(entry.name, cluster.name)
}

function isMatch(pattern: string, value: string): boolean {
  return !pattern.startsWith('!') && matchesGlob(pattern, value)
}

/** Why a project does not permit an object; undefined when it does. */
export function objectDenied(
  project: Project,
  cluster: TargetCluster,
  ref: ObjectRef,
  isNamespaced: boolean,
): string | undefined {
  const kind = `${ref.group === '' ? '' : `${ref.group}:`}${ref.kind}`
  if (!permitsKind(project, ref, isNamespaced))
    return `${isNamespaced ? '' : 'cluster-scoped '}resource ${kind} is not permitted in project ${project.name}`
  if (isNamespaced && !permitsDestination(project, cluster, ref.namespace))
    return `namespace ${ref.namespace} is not permitted in project '${project.name}'`
  return undefined
}

function permitsKind(project: Project, ref: ObjectRef, isNamespaced: boolean): boolean {
  const { spec } = project
  const names = (rule: { group: string; kind: string; name: string }): boolean =>
    matchesGlob(rule.group, ref.group) &&
    matchesGlob(rule.kind, ref.kind) &&
    (rule.name === '' || matchesGlob(rule.name, ref.name))
  if (!isNamespaced) return spec.clusterResourceWhitelist.some(names) && !spec.clusterResourceBlacklist.some(names)
  const whitelist = spec.namespaceResourceWhitelist
  return (whitelist == null || whitelist.some(names)) && !spec.namespaceResourceBlacklist.some(names)
}
