import type { JudgedObject, Project } from '@k8or/projects'
import type { KubeRequest, ResourceTarget } from '../request/kube-request'
import type { Claim } from '../request/headers'
import type { ClusterEntry } from '../routing/clusters'
import { UnknownClusterError } from '../routing/clusters'
import type { Application } from './application'
import type { Caller } from './caller'
import { grants, isDiscovery, readableSubresources, type HubGrant } from './grants'
import { clusterDenial, projectDenial } from './project-rules'

/** What a decision is made about. */
export interface AccessQuestion {
  readonly caller: Caller
  readonly request: KubeRequest
  readonly cluster: ClusterEntry
  readonly claim: Claim
  /** The kind behind the path's resource, as the cluster serves it; needed for mutations of applications only. */
  readonly kind: { readonly kind: string; readonly namespaced: boolean } | undefined
  /** The fields of the body, such as `status` and `metadata.annotations`; asked for where a rule needs them. */
  readonly bodyFields: () => readonly string[] | undefined
}

/** What the hub declares, as the rules need it. */
export interface PolicyFacts {
  readonly controlNamespace: string
  /** Why the declarations can not be read now; undefined when they can. */
  readonly trouble: string | undefined
  /** Whether every change of the declarations is seen at this moment. */
  readonly isLive: boolean
  application(uid: string): Application | undefined
  project(name: string): Project | undefined
  /** @throws UnknownClusterError */
  clusterOf(destination: Application['destination']): ClusterEntry
  hasApplicationsIn(namespace: string): boolean
}

/** The answer, with the rule that gave it. */
export interface Decision {
  readonly allowed: boolean
  readonly rule: string
  readonly reason: string
  /** Added to the field selector of a list or watch, so that it leaves out what nobody may see. */
  readonly fieldSelector?: string
  /** The application that a mutation is made for. */
  readonly application?: Application
  /** The policy could not be read: a denial that may pass. */
  readonly isPassing?: boolean
}

type Rule = (question: AccessQuestion, facts: PolicyFacts) => Decision | undefined

/** The rules in the order in which they are asked; the first that has an opinion decides. Nobody said yes: no. */
const rules: readonly Rule[] = [
  hideControlSecrets,
  admitPeople,
  refuseStrangers,
  admitReads,
  admitOwnObjects,
  judgeMutation,
]

/** Who may do what where. Denies what no rule allows. */
export function decide(question: AccessQuestion, facts: PolicyFacts): Decision {
  for (const rule of rules) {
    const decision = rule(question, facts)
    if (decision) return narrowed(decision, question, facts)
  }
  return deny('default-deny', 'no rule allows it')
}

/** Credentials lie in the Secrets of the control namespace: nobody reads or writes them through the gate. */
function hideControlSecrets({ request, cluster }: AccessQuestion, facts: PolicyFacts): Decision | undefined {
  if (!isSecrets(request.resource) || !cluster.isHub) return undefined
  if (request.resource.namespace !== facts.controlNamespace) return undefined
  const reason = `Secrets of namespace ${facts.controlNamespace} on the hub are closed to everybody: AccessPoint serves what they are for`
  return deny('control-secrets', reason)
}

/** A list or watch of all namespaces leaves those Secrets out. */
function narrowed(decision: Decision, { request, cluster }: AccessQuestion, facts: PolicyFacts): Decision {
  if (!decision.allowed || !isSecrets(request.resource) || !cluster.isHub || request.resource.namespace !== '')
    return decision
  return { ...decision, fieldSelector: `metadata.namespace!=${facts.controlNamespace}` }
}

function isSecrets(resource: ResourceTarget | undefined): resource is ResourceTarget {
  return resource?.group === '' && resource.plural === 'secrets'
}

function admitPeople({ caller }: AccessQuestion): Decision | undefined {
  return caller.kind === 'person' ? allow('people:admin') : undefined
}

function refuseStrangers({ caller }: AccessQuestion): Decision | undefined {
  if (caller.kind !== 'service') return undefined
  const { reads, forApplications, onHub } = grants[caller.service]
  if (reads || forApplications || onHub.length > 0) return undefined
  return deny(`service:${caller.service}`, `${caller.service} has no business with clusters`)
}

function admitReads({ caller, request }: AccessQuestion): Decision | undefined {
  if (caller.kind !== 'service' || request.method !== 'GET') return undefined
  const rule = `service:${caller.service}:read`
  if (!grants[caller.service].reads) return undefined
  if (!request.resource && isDiscovery(request.path)) return allow(rule)
  const isRead = request.verb === 'get' || request.verb === 'list' || request.verb === 'watch'
  if (request.resource && isRead && readableSubresources.has(request.resource.subresource)) return allow(rule)
  return deny(rule, `${caller.service} may not read ${request.path}`)
}

function admitOwnObjects(question: AccessQuestion, facts: PolicyFacts): Decision | undefined {
  const { caller, request, cluster, claim } = question
  if (caller.kind !== 'service' || !request.resource || !cluster.isHub || claim.application !== undefined)
    return undefined
  const grant = grants[caller.service].onHub.find((one) => covers(one, request))
  if (!grant) return undefined
  const { namespace } = request.resource
  if (namespace !== facts.controlNamespace && !facts.hasApplicationsIn(namespace))
    return deny(grant.rule, `there are no Applications in namespace ${namespace === '' ? '(all)' : namespace}`)
  return grant.fields === undefined ? allow(grant.rule) : judgeFields(grant.rule, grant.fields, question)
}

function covers(grant: HubGrant, { verb, resource }: KubeRequest): boolean {
  return (
    resource?.group === grant.group &&
    resource.plural === grant.plural &&
    resource.subresource === '' &&
    grant.verbs.includes(verb)
  )
}

function judgeFields(rule: string, allowed: readonly string[], { bodyFields }: AccessQuestion): Decision {
  const fields = bodyFields()
  if (fields === undefined) return deny(rule, 'the body is not a JSON merge patch')
  const foreign = fields.find((field) => !allowed.includes(field))
  return foreign === undefined
    ? allow(rule)
    : deny(rule, `field ${foreign} belongs to people; only ${allowed.join(', ')} may be patched`)
}

function judgeMutation(question: AccessQuestion, facts: PolicyFacts): Decision | undefined {
  const { caller, request, claim } = question
  if (caller.kind !== 'service' || !grants[caller.service].forApplications) return undefined
  const target = request.resource
  if (!target || target.subresource !== '' || !['create', 'update', 'patch', 'delete'].includes(request.verb))
    return undefined
  if (claim.application === undefined)
    return deny('application-missing', 'a mutation must name the application that it is made for')
  if (claim.release === undefined || claim.lease === undefined)
    return deny('fence-missing', 'a mutation must carry its release and its lease')
  if (facts.trouble !== undefined)
    return { ...deny('policy-unreadable', `the policy can not be read: ${facts.trouble}`), isPassing: true }
  // What is denied by declarations that may be out of date may be allowed in a moment.
  const passing = facts.isLive ? {} : { isPassing: true }
  const application = facts.application(claim.application)
  if (!application)
    return { ...deny('application-unknown', `no Application on the hub has the uid ${claim.application}`), ...passing }
  const decision = judgeObject(question, facts, application, target)
  return { ...decision, application, ...(decision.allowed ? {} : passing) }
}

function judgeObject(
  question: AccessQuestion,
  facts: PolicyFacts,
  application: Application,
  target: ResourceTarget,
): Decision {
  const { cluster, kind } = question
  const project = facts.project(application.project)
  if (!project)
    return deny('project-unknown', `Application referencing project ${application.project} which does not exist`)
  const elsewhere = misdirected(application, cluster, facts)
  if (elsewhere !== undefined) return deny('application-destination', elsewhere)
  if (!kind)
    return deny('kind-unknown', `cluster ${cluster.name} serves no ${target.group}/${target.version} ${target.plural}`)
  const object: JudgedObject = { ...kind, group: target.group, namespace: target.namespace, name: target.name }
  const denial =
    projectDenial(project, application, cluster, object, facts.controlNamespace) ?? clusterDenial(cluster, object)
  return denial ? deny(denial.rule, denial.reason) : allow(`project:${project.name}`)
}

function misdirected(application: Application, cluster: ClusterEntry, facts: PolicyFacts): string | undefined {
  try {
    const own = facts.clusterOf(application.destination)
    if (own.name === cluster.name && own.server === cluster.server) return undefined
    return `application ${application.namespace}/${application.name} goes to cluster ${own.name}, not to ${cluster.name}`
  } catch (error) {
    if (error instanceof UnknownClusterError) return error.message
    throw error
  }
}

function allow(rule: string): Decision {
  return { allowed: true, rule, reason: '' }
}

function deny(rule: string, reason: string): Decision {
  return { allowed: false, rule, reason }
}
