import type { AccessRecorded } from '@k8or/contracts'

/** What a call does, in Kubernetes' words; `other` is everything that opens a channel into a cluster. */
export type Verb = AccessRecorded['verb']

/** Which objects a call is about; what is not given is empty. */
export interface ResourceTarget {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace: string
  readonly name: string
  readonly subresource: string
}

/** A call to a Kubernetes API, understood. */
export interface KubeRequest {
  readonly method: string
  readonly verb: Verb
  /** Absent for paths such as `/version` and `/apis`. */
  readonly resource: ResourceTarget | undefined
  /** The path, built anew from what was understood: this, never the caller's text, is sent on. */
  readonly path: string
  readonly query: URLSearchParams
}

/** The path of a call can not be trusted to mean one thing. */
export class HostilePathError extends Error {
  constructor(why: string) {
    super(`the path of the call is refused: ${why}`)
    this.name = 'HostilePathError'
  }
}

/** Whether the call may change something. */
export function isMutation(request: Pick<KubeRequest, 'method'>): boolean {
  return request.method !== 'GET'
}

/**
 * Whether the call can change nothing, whatever its body says. Of a deletion the query tells nothing: there the body goes
 * before it.
 */
export function isDryRun({ verb, query }: Pick<KubeRequest, 'verb' | 'query'>): boolean {
  if (verb !== 'create' && verb !== 'update' && verb !== 'patch') return false
  const asked = query.getAll('dryRun')
  return asked.length > 0 && asked.every((word) => word === 'All')
}

/** The path and query as they are sent on, with what a rule adds to the field selector. */
export function targetOf(request: KubeRequest, fieldSelector?: string): string {
  const query = new URLSearchParams(request.query)
  if (fieldSelector !== undefined) {
    const given = query.get('fieldSelector') ?? ''
    query.set('fieldSelector', given === '' ? fieldSelector : `${given},${fieldSelector}`)
  }
  return query.size === 0 ? request.path : `${request.path}?${query.toString()}`
}
