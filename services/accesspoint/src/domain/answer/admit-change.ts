import type { Fence } from '../fence/fence'
import { isDryRun } from '../request/kube-request'
import { describeStop } from '../stop/stops'
import type { GateParts, Understood } from './call-in-hand'
import { Refused } from './refusal'

/** While an emergency stop stands, nothing is changed for applications; reads, dry runs and what people do go on. @throws Refused */
export function respectStops({ request, cluster, call, claim }: Understood, { stops }: GateParts): void {
  if (call.caller.kind !== 'service' || claim.application === undefined || isDryRun(request)) return
  const what = `${request.verb} ${request.path} on cluster ${cluster.name}`
  if (!stops.areKnown) throw unread(what, 'whether an emergency stop stands', 'STOPS')
  const stop = stops.over(cluster.name)
  if (!stop) return
  const message = `${what} is held back: ${describeStop(stop)}; it goes on once somebody lifts it (k8or emergency-stop lift)`
  throw new Refused({ status: 403, reason: 'Stopped', message }, 'emergency-stop')
}

/** Nobody changes an object for an application whom somebody newer has followed. @throws Refused */
export function admitFence({ request, claim, call }: Understood, key: string, { fences }: GateParts): void {
  const { application, release, setbacks, lease } = claim
  if (call.caller.kind !== 'service' || application === undefined || release === undefined || lease === undefined)
    return
  if (!fences.knowsOwners) throw unread(`${request.verb} ${request.path}`, 'who owns which applications', 'LEASES')
  const fence: Fence = { application, release, setbacks, lease }
  const reason = isDryRun(request) ? fences.test(fence, key) : fences.admit(fence, key)
  if (reason === undefined) return
  const message = `${request.verb} ${request.path} is fenced off: ${reason}`
  throw new Refused({ status: 409, reason: 'Fenced', message }, 'fence')
}

/** What AccessPoint knew before a restart has to be known again first: until then the answer is no. */
function unread(what: string, which: string, record: string): Refused {
  const message = `${what} can not be judged yet: ${which} was not read since AccessPoint started (record ${record}); it is tried again`
  return new Refused({ status: 503, reason: 'ServiceUnavailable', message, retryAfterMs: 1_000 }, 'unread')
}
