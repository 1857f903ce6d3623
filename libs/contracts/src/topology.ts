import type { EventDefinition } from './define-event'
import { accessRecorded } from './events/accesspoint/access-recorded'
import { clusterReachable } from './events/accesspoint/cluster-reachable'
import { clusterUnreachable } from './events/accesspoint/cluster-unreachable'
import { stopLifted } from './events/accesspoint/stop-lifted'
import { stopRaised } from './events/accesspoint/stop-raised'
import { imageConsidered } from './events/chartstore/image-considered'
import { releaseFailed } from './events/chartstore/release-failed'
import { releaseRendered } from './events/chartstore/release-rendered'
import { commitPushed } from './events/codesource/commit-pushed'
import { deliveryReceived } from './events/codesource/delivery-received'
import { imageBuilt } from './events/codesource/image-built'
import { revisionObserved } from './events/codesource/revision-observed'
import { revisionUnresolved } from './events/codesource/revision-unresolved'
import { tagMoved } from './events/codesource/tag-moved'
import { healthChanged } from './events/insighthub/health-changed'
import { applicationDeclared } from './events/syncmaster/application-declared'
import { applicationRemoved } from './events/syncmaster/application-removed'
import { driftDetected } from './events/syncmaster/drift-detected'
import { driftRepaired } from './events/syncmaster/drift-repaired'
import { rollbackFinished } from './events/syncmaster/rollback-finished'
import { rollbackStarted } from './events/syncmaster/rollback-started'
import { syncFinished } from './events/syncmaster/sync-finished'
import { syncPlanned } from './events/syncmaster/sync-planned'
import { syncStarted } from './events/syncmaster/sync-started'
import { applicationRecord } from './records/application'
import { clusterRecord } from './records/cluster'
import type { RecordDefinition } from './records/define-record'
import { healthRecord } from './records/health'
import { imageRecord } from './records/image'
import {
  appliedRecord,
  commitRecord,
  decisionRecord,
  deliveryRecord,
  imageDecisionRecord,
  leaseRecord,
  pushRecord,
} from './records/private'
import { releaseRecord } from './records/release'
import { revisionRecord } from './records/revision'
import { stopRecord } from './records/stop'
import type { ServiceName } from './services'

/** Every fact of the mesh. */
export const events: readonly EventDefinition[] = [
  accessRecorded,
  clusterReachable,
  clusterUnreachable,
  stopRaised,
  stopLifted,
  deliveryReceived,
  revisionObserved,
  revisionUnresolved,
  imageBuilt,
  tagMoved,
  commitPushed,
  imageConsidered,
  releaseRendered,
  releaseFailed,
  applicationDeclared,
  applicationRemoved,
  syncPlanned,
  syncStarted,
  syncFinished,
  driftDetected,
  driftRepaired,
  rollbackStarted,
  rollbackFinished,
  healthChanged,
]

/** Every KV record of the mesh. */
export const records: readonly RecordDefinition[] = [
  applicationRecord,
  revisionRecord,
  imageRecord,
  releaseRecord,
  healthRecord,
  clusterRecord,
  stopRecord,
  deliveryRecord,
  pushRecord,
  commitRecord,
  appliedRecord,
  decisionRecord,
  imageDecisionRecord,
  leaseRecord,
]

/** Which facts each service reads; its durable consumer and its rights on the bus follow from this. */
export const consumes: Readonly<Record<ServiceName, readonly EventDefinition[]>> = {
  accesspoint: [],
  codesource: [deliveryReceived, applicationDeclared, applicationRemoved],
  chartstore: [revisionObserved, revisionUnresolved, imageBuilt, applicationDeclared, applicationRemoved],
  syncmaster: [releaseRendered, releaseFailed, healthChanged, clusterReachable],
  insighthub: events,
}

/** The streams, with their subjects. DEAD holds what no handler could take; REPLAYS what is to be tried once more. */
export const streams = {
  FACTS: { name: 'FACTS', subjects: factSubjects() },
  ACCESS: { name: 'ACCESS', subjects: ['k8or.accesspoint.access.recorded.*'] },
  DEAD: { name: 'DEAD', subjects: ['dead.>'] },
  REPLAYS: { name: 'REPLAYS', subjects: ['replay.>'] },
} as const

function factSubjects(): string[] {
  const kept = events.filter((event) => event.stream === 'FACTS')
  return [...new Set(kept.map(({ owner, fact }) => `k8or.${owner}.${fact.split('.')[0] ?? ''}.>`))]
}

/** The object store bucket of rendered releases, by content digest. Owned by ChartStore. */
export const manifestStore = { bucket: 'MANIFESTS', owner: 'chartstore' as ServiceName }

/** Where a dead letter of a service is kept: the subject of the fact behind `dead.<service>.`. */
export function deadSubject(service: ServiceName, subject: string): string {
  return `dead.${service}.${subject}`
}

/** Where a dead letter is put to be handled once more by one service. */
export function replaySubject(service: ServiceName, subject: string): string {
  return `replay.${service}.${subject}`
}
