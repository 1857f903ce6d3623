import type { ObjectRef } from '@k8or/contracts'
import { joinApiVersion } from '@k8or/kube-objects'

/** One field that the API server found fault with. */
export interface FieldFault {
  readonly field: string
  readonly message: string
}

/** What a call was about, for messages: `apply Deployment shop/web on cluster staging`. */
export interface Subject {
  readonly verb: string
  readonly cluster: string
  readonly ref: ObjectRef
}

/**
 * An API server, or AccessPoint in front of it, refused a call. The message names the object, the cause and the next
 * step; `reason` is Kubernetes' word (`Invalid`, `Conflict`, `Forbidden` …) or AccessPoint's (`Fenced`,
 * `UnknownCluster`).
 */
export class KubeError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly reason: string,
    readonly ref: ObjectRef,
    readonly faults: readonly FieldFault[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'KubeError'
  }
}

/** The `Status` object that API servers and AccessPoint answer errors with. */
export interface KubeStatus {
  readonly message?: string
  readonly reason?: string
  readonly code?: number
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] }
}

/** Says in words what a call is about. */
export function describeSubject({ verb, cluster, ref }: Subject): string {
  return `${verb} ${describeRef(ref)} on cluster ${cluster}`
}

/** The error for an answer that is not 2xx. */
export function refusal(subject: Subject, status: number, answer: KubeStatus): KubeError {
  const reason = answer.reason ?? `Status${status}`
  const told = (text: string): string => (subject.ref.kind === 'Secret' ? withoutValues(text) : text)
  const cause = told(trimEnd(answer.message ?? `answered ${status}`))
  const step = nextStep(status, reason, cause, subject)
  const message = `${describeSubject(subject)}: ${cause}${step === '' ? '' : `; ${step}`}`
  const faults = (answer.details?.causes ?? []).map((one) => ({
    field: one.field ?? '',
    message: told(one.message ?? ''),
  }))
  return new KubeError(message, status, reason, subject.ref, faults)
}

/** The error for a kind that a cluster does not serve. */
export function kindNotServed(subject: Subject): KubeError {
  const kind = `${joinApiVersion(subject.ref)} ${subject.ref.kind}`
  const message = `${describeSubject(subject)}: the cluster serves no ${kind}; install its CustomResourceDefinition or correct apiVersion and kind`
  return new KubeError(message, 404, 'KindNotServed', subject.ref)
}

function describeRef({ kind, namespace, name }: ObjectRef): string {
  if (name === '*') return namespace === '' ? `every ${kind}` : `every ${kind} in namespace ${namespace}`
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

const quoted = String.raw`"(?:\\.|[^"\\])*"`
const quotations: readonly [RegExp, string][] = [
  [/\bgot &.*/gs, 'got something else'],
  [new RegExp(`\\bInvalid value: (?:${quoted}|[^:]*)`, 'g'), 'Invalid value'],
  [new RegExp(`\\b(parsing|got) ${quoted}`, 'g'), '$1 it'],
]

/** API servers quote the values that they refuse; those of a Secret are nobody's business. */
function withoutValues(text: string): string {
  return quotations.reduce((sofar, [pattern, instead]) => sofar.replace(pattern, instead), text)
}

const missingNamespace = /namespaces "([^"]+)" not found/

function nextStep(status: number, reason: string, cause: string, { cluster, ref }: Subject): string {
  // AccessPoint says its own next step.
  if (reason === 'Fenced' || reason === 'UnknownCluster' || reason === 'Denied') return ''
  const namespace = missingNamespace.exec(cause)?.[1]
  if (namespace !== undefined) return `create namespace ${namespace}, or set the sync option CreateNamespace=true`
  if (status === 401) return `renew the credentials of cluster ${cluster} in its Secret`
  if (status === 403)
    return `grant the mesh's account on cluster ${cluster} this right, or take the object out of the source`
  if (reason === 'AlreadyExists') return 'apply it instead of creating it'
  if (status === 409) return 'it was changed meanwhile, read it and try again'
  // An object whose fields are of other types than its kind says is answered 500.
  if (status === 400 || status === 422 || /failed to (convert|create typed patch)/.test(cause))
    return `correct ${ref.kind} ${ref.name} in its source`
  return ''
}

function trimEnd(message: string): string {
  return message.trim().replace(/\.$/, '')
}
