import { withoutPassword, type ObjectRef } from '@k8or/contracts'
import {
  denyObject,
  destinationDenied,
  permitsApplicationNamespace,
  permitsDestination,
  permitsRepository,
  type JudgedCluster,
  type Project,
} from '@k8or/projects'
import { hasManySources, projectOf, sourcesOf, type Application } from '../application/application'

/** The cluster of a destination. */
export type TargetCluster = JudgedCluster

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
  if (project.problem !== undefined)
    return [`AppProject ${name} can not be read and permits nothing: ${project.problem}; correct it`]
  const foreign = checkSourceNamespace(check, project)
  if (foreign !== undefined) return [foreign]
  return [...checkSources(application, project), ...checkDestination(check, project)]
}

function checkSourceNamespace(check: ProjectCheck, project: Project): string | undefined {
  const { application, controlNamespace } = check
  const { namespace } = application
  if (permitsApplicationNamespace(project, namespace, controlNamespace)) return undefined
  return `application '${application.name}' in namespace '${namespace}' is not allowed to use project '${project.name}'; add the namespace to its sourceNamespaces`
}

function checkSources(application: Application, project: Project): string[] {
  if (application.spec['sourceHydrator'] != null)
    return ['spec.sourceHydrator is not supported yet; commit what it would render, and declare that as spec.source']
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
      : [`application repo ${shown(source.repoURL)} is not permitted in project '${project.name}'`]
  })
}

const longestShown = 300

/** An address as people may see it. */
function shown(repoURL: string): string {
  const url = withoutPassword(repoURL)
  return url.length > longestShown ? `${url.slice(0, longestShown)}…` : url
}

function checkDestination(check: ProjectCheck, project: Project): string[] {
  const { application, cluster, clusterProblem } = check
  const { destination } = application.spec
  if (!cluster) return [clusterProblem ?? 'the destination is not known']
  if (permitsDestination(project, cluster, destination.namespace)) return []
  return [destinationDenied(project, cluster, destination.namespace)]
}

/** Why a project does not permit an object; undefined when it does. */
export function objectDenied(
  project: Project,
  cluster: TargetCluster,
  ref: ObjectRef,
  isNamespaced: boolean,
): string | undefined {
  return denyObject(project, cluster, { ...ref, namespaced: isNamespaced })?.reason
}
