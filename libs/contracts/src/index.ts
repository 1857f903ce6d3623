import './words'
export { services, type ServiceName } from './services'
export {
  applicationToken,
  bucketCount,
  bucketOf,
  canonicalRepositoryUrl,
  imageToken,
  instanceName,
  noToken,
  repositoryMatchKey,
  repositoryToken,
  sha256,
} from './token'
export { holdsPem, tokenProblem } from './credentials'
export { withoutPassword } from './without-password'
export { canonicalImageName, formatImageReference, parseImageReference, type ImageReference } from './image-name'
export { Envelope, type Fact } from './envelope'
export {
  defineEvent,
  filterOf,
  historyFilter,
  parseFact,
  readEnvelope,
  subjectOf,
  typeOf,
  writeFact,
  type EventDefinition,
  type Announcer,
  type FactDraft,
  type TokenKind,
} from './define-event'
export {
  ApplicationRef,
  ChangeResult,
  Health,
  HealthStatus,
  ImageRef,
  ObjectRef,
  Problem,
  RepositoryRef,
  ResolvedSource,
} from './shapes'
export { AccessRecorded, accessRecorded } from './events/accesspoint/access-recorded'
export { ClusterReachable, clusterReachable } from './events/accesspoint/cluster-reachable'
export { ClusterUnreachable, clusterUnreachable } from './events/accesspoint/cluster-unreachable'
export { StopLifted, stopLifted } from './events/accesspoint/stop-lifted'
export { StopRaised, stopRaised } from './events/accesspoint/stop-raised'
export { ImageConsidered, imageConsidered } from './events/chartstore/image-considered'
export { ReleaseFailed, releaseFailed } from './events/chartstore/release-failed'
export { ReleaseRendered, releaseRendered } from './events/chartstore/release-rendered'
export { CommitPushed, commitPushed } from './events/codesource/commit-pushed'
export { DeliveryReceived, deliveryReceived } from './events/codesource/delivery-received'
export { ImageBuilt, imageBuilt } from './events/codesource/image-built'
export { RevisionObserved, revisionObserved } from './events/codesource/revision-observed'
export { RevisionUnresolved, revisionUnresolved } from './events/codesource/revision-unresolved'
export { TagMoved, tagMoved } from './events/codesource/tag-moved'
export { HealthChanged, healthChanged, ObjectHealth } from './events/insighthub/health-changed'
export { ApplicationDeclared, applicationDeclared } from './events/syncmaster/application-declared'
export { ApplicationRemoved, applicationRemoved } from './events/syncmaster/application-removed'
export { DriftDetected, driftDetected } from './events/syncmaster/drift-detected'
export { DriftRepaired, driftRepaired } from './events/syncmaster/drift-repaired'
export { RollbackFinished, rollbackFinished } from './events/syncmaster/rollback-finished'
export { RollbackStarted, rollbackStarted } from './events/syncmaster/rollback-started'
export { SyncedObject, SyncFinished, syncFinished } from './events/syncmaster/sync-finished'
export { SyncPlanned, syncPlanned } from './events/syncmaster/sync-planned'
export { SyncStarted, syncStarted } from './events/syncmaster/sync-started'
export { defineRecord, type RecordDefinition } from './records/define-record'
export { ApplicationRecord, applicationRecord, DeclaredSource, Destination } from './records/application'
export { ClusterRecord, clusterRecord } from './records/cluster'
export { stopKey, stopRecord, type StopRecord } from './records/stop'
export { ImageRecord, imageKey, imageRecord } from './records/image'
export { alwaysJudged, HealthRecord, healthKey, healthRecord, objectKeyHash } from './records/health'
export {
  AppliedRecord,
  appliedRecord,
  CommitRecord,
  commitRecord,
  DecisionRecord,
  decisionRecord,
  DeliveryRecord,
  deliveryRecord,
  ImageDecisionRecord,
  imageDecisionRecord,
  LeaseRecord,
  leaseRecord,
  PushRecord,
  pushRecord,
} from './records/private'
export { ReleaseFailure, ReleaseRecord, releaseKey, releaseRecord } from './records/release'
export { RevisionRecord, revisionKey, revisionRecord } from './records/revision'
export { consumes, deadSubject, events, manifestStore, records, replaySubject, streams } from './topology'
export { fieldManager, gateHeaders, hubCluster, managedMarks } from './gate'
