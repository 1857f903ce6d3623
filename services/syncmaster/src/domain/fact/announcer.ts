import type { ApplicationRecord, ApplicationRef, ObjectRef, SyncedObject, SyncStarted } from '@k8or/contracts'
import type { Leaving } from '../account/accounts'

/** What a fact is about and where it came from. */
export interface Cause {
  readonly application: ApplicationRef
  readonly token: string
  readonly causes: readonly string[]
  readonly correlationId?: string
  readonly actor: string
}

/** One sync, as its facts name it. */
export interface SyncFact {
  readonly sync: string
  readonly release: number
  readonly cluster: string
}

/** One rollback, as its facts name it: the sync that carries it out, and the release before. */
export interface RollbackFact extends SyncFact {
  readonly from: number
}

/** One drifted object, as its facts name it. */
export interface DriftFact {
  readonly release: number
  readonly cluster: string
  readonly object: ObjectRef
  readonly uid: string
  readonly resourceVersion: string
}

/** Announces SyncMaster's facts. Each has an id that follows from its content: twice announced is once stored. */
export interface SyncAnnouncer {
  declared(record: ApplicationRecord, version: number): Promise<void>
  removed(application: Leaving): Promise<void>
  planned(
    cause: Cause,
    sync: SyncFact,
    counts: { create: number; configure: number; delete: number; unchanged: number },
  ): Promise<void>
  started(
    cause: Cause,
    sync: SyncFact,
    how: Pick<SyncStarted, 'revisions' | 'trigger' | 'automated' | 'waves' | 'kinds'>,
  ): Promise<void>
  /** Answers false when this end was stored before: an earlier run had come this far. */
  finished(
    cause: Cause,
    sync: SyncFact,
    outcome: {
      revisions: string[]
      phase: 'Succeeded' | 'Failed' | 'Error'
      message: string
      objects: SyncedObject[]
      total: number
      startedAt: string
      finishedAt: string
    },
  ): Promise<boolean>
  rollbackStarted(cause: Cause, rollback: RollbackFact, how: { revisions: string[]; reason: string }): Promise<void>
  rollbackFinished(
    cause: Cause,
    rollback: RollbackFact,
    outcome: { phase: 'Succeeded' | 'Failed' | 'Error'; message: string; startedAt: string; finishedAt: string },
  ): Promise<void>
  driftDetected(
    cause: Cause,
    drift: DriftFact,
    how: { kind: 'changed' | 'deleted'; fields: string[]; manager: string; willHeal: boolean },
  ): Promise<void>
  driftRepaired(cause: Cause, drift: DriftFact, detectedId: string): Promise<void>
}
