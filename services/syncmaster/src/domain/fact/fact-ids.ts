import { sha256, type ApplicationRef } from '@k8or/contracts'
import type { DriftFact, SyncFact } from './announcer'

/** Another declaration is another fact. */
export function declaredId({ uid }: Pick<ApplicationRef, 'uid'>, version: number): string {
  return `application.declared/${uid}/${version}`
}

export function removedId({ uid }: Pick<ApplicationRef, 'uid'>): string {
  return `application.removed/${uid}`
}

/** The same sync announced twice has the same id: `sync.started/<application>/<release>/<attempt>`, see `syncName`. */
export function syncId(fact: SyncFactName, { sync, release }: SyncFact): string {
  const attempt = sync.slice(sync.lastIndexOf('-') + 1)
  const application = sync.slice(0, -`-${release}-${attempt}`.length)
  return `${fact}/${application}/${release}/${attempt}`
}

type SyncFactName = 'sync.planned' | 'sync.started' | 'sync.finished' | 'rollback.started' | 'rollback.finished'

/** What makes a drift distinct: the object and the version in which it was seen. */
export function driftDetectedId(application: string, { object, uid, resourceVersion }: DriftFact): string {
  const name = sha256([object.group, object.kind, object.namespace, object.name].join('/')).slice(0, 16)
  return `drift.detected/${application}/${name}/${uid}/${resourceVersion === '' ? 'gone' : resourceVersion}`
}

/** A drift is repaired once. */
export function driftRepairedId(detected: string): string {
  return `drift.repaired/${sha256(detected).slice(0, 24)}`
}
