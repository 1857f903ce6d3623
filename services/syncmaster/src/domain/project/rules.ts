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

/** Whether a project permits a repository: some entry matches it and none with `!` denies it. `*` stays in its segment. */
export function permitsRepository(project: Project, url: string): boolean {
  const wanted = comparableUrl(url)
  const matches = (pattern: string): boolean => pattern === '*' || matchesGlob(comparableUrl(pattern), wanted, '/')
  const verdicts = project.spec.sourceRepos.map((entry) => {
    if (!isDenying(entry)) return matches(entry) ? 'matches' : 'neither'
    return matches(entry.slice(1)) ? 'denies' : 'matches'
  })
  return verdicts.includes('matches') && !verdicts.includes('denies')
}

function comparableUrl(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
}

/** Whether a project permits a namespace of a cluster. */
export function permitsDestination(project: Project, cluster: TargetCluster, namespace: string): boolean {
  const verdicts = project.spec.destinations.map((entry) => judgeDestination(entry, cluster, namespace))
  return verdicts.includes('matches') && !verdicts.includes('denies')
}

/**
 * A part with `!` matches all but its pattern, and denies what it does not match. So one entry may permit and deny, as
 * in Argo CD: `{server: '*', namespace: '!kube-system'}` permits all namespaces but one.
 */
function judgeDestination(
  entry: ProjectDestination,
  cluster: TargetCluster,
  namespace: string,
): 'matches' | 'denies' | 'neither' {
  const parts = [
    { pattern: entry.name, isMatch: entry.name !== '' && matchesPart(entry.name, cluster.name) },
    { pattern: entry.server, isMatch: entry.server !== '' && matchesPart(entry.server, cluster.server) },
    { pattern: entry.namespace, isMatch: matchesPart(entry.namespace, namespace) },
  ]
  const [name, server, within] = parts
  if ((name?.isMatch || server?.isMatch) && within?.isMatch) return 'matches'
  return parts.some(({ pattern, isMatch }) => !isMatch && isDenying(pattern)) ? 'denies' : 'neither'
}

function matchesPart(pattern: string, text: string): boolean {
  return isDenying(pattern) ? !matchesGlob(pattern.slice(1), text) : matchesGlob(pattern, text)
}

function isDenying(pattern: string): boolean {
  return pattern.startsWith('!')
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
