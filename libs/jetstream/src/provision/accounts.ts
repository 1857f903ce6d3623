import type { ServiceName } from '@k8or/contracts'
import { apiPrefix } from '../connection/api-prefix'
import type { Permissions } from './permissions'

/** A subject of the mesh's own account that some services may use from theirs. */
export interface Share {
  readonly subject: string
  readonly services: readonly ServiceName[]
  /** What a service sends there and is answered, once or by a stream of messages; or what it hears there. */
  readonly kind: 'answer' | 'answers' | 'hear'
}

/** What the mesh's account shares with those of the services, so that each can do what its permissions say. */
export function sharesOf(all: ReadonlyMap<ServiceName, Permissions>): Share[] {
  const shares = new Map<string, Share>()
  for (const [service, { publish, subscribe }] of all) {
    for (const subject of publish) add(shares, subject, service, answersMany(subject) ? 'answers' : 'answer')
    for (const subject of subscribe.filter(isShared)) add(shares, subject, service, 'hear')
  }
  return [...shares.values()]
}

function add(shares: Map<string, Share>, subject: string, service: ServiceName, kind: Share['kind']): void {
  const services = [...(shares.get(subject)?.services ?? []), service]
  shares.set(subject, { subject, services, kind })
}

/** Inboxes are of each service's own account. */
function isShared(subject: string): boolean {
  return !subject.startsWith('_INBOX.')
}

/** Pulls and batched reads are answered by many messages. */
function answersMany(subject: string): boolean {
  const question = subject.slice(apiPrefix.length + 1)
  return question.startsWith('CONSUMER.MSG.NEXT.') || /^DIRECT\.GET\.[^.]+$/.test(question)
}
