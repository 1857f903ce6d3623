import { services, type ServiceName } from '@k8or/contracts'

/** Where a person's call goes, or why it goes nowhere. */
export type ForwardVerdict =
  | { readonly allowed: true; readonly owner: ServiceName; readonly path: string }
  | { readonly allowed: false; readonly status: 403 | 404 | 405 | 415; readonly reason: string }

const form = /^\/k8or\.([a-z]+)\.v1\.([A-Za-z]+)\/([A-Za-z]+)$/

/** Calls that hand out credentials or certificates: between services only. */
const betweenServices: ReadonlySet<string> = new Set(['accesspoint.Settings', 'accesspoint.Certificates'])

const json = /^application\/json\s*(;|$)/i

/** Which of the mesh's calls a person may make, in JSON: all but those that hand out credentials. */
export function judgeForward(method: string, target: string, contentType: string): ForwardVerdict {
  const [, owner, service, call] = form.exec(target) ?? []
  const known = services.find((name) => name === owner)
  if (!known || service === undefined || call === undefined)
    return {
      allowed: false,
      status: 404,
      reason: 'there is nothing here; clusters are at /clusters/<name>/, calls at /k8or.<owner>.v1.<Service>/<Method>',
    }
  if (method !== 'POST') return { allowed: false, status: 405, reason: 'calls are made by POST' }
  if (betweenServices.has(`${known}.${service}`))
    return { allowed: false, status: 403, reason: `${service} of ${known} hands out credentials, to services only` }
  if (!json.test(contentType)) {
    const reason = `calls with content-type ${contentType.slice(0, 100) || '(none)'} are not read: send application/json`
    return { allowed: false, status: 415, reason }
  }
  return { allowed: true, owner: known, path: target }
}
