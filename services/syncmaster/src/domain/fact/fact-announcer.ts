import {
  applicationDeclared,
  applicationRemoved,
  driftDetected,
  driftRepaired,
  rollbackFinished,
  rollbackStarted,
  syncFinished,
  syncPlanned,
  syncStarted,
  type Announcer,
  type ApplicationRecord,
  type FactDraft,
  type RollbackFinished,
  type RollbackStarted,
  type SyncFinished,
  type SyncPlanned,
  type SyncStarted,
} from '@k8or/contracts'
import type { Cause, DriftFact, RollbackFact, SyncAnnouncer, SyncFact } from './announcer'
import type { Clock } from '../ports'
import type { Leaving } from '../account/accounts'
import { declaredId, driftDetectedId, driftRepairedId, removedId, syncId } from './fact-ids'

/** Says what each of SyncMaster's facts holds, by which id it is known, and what it follows from. */
export class FactAnnouncer implements SyncAnnouncer {
  /** Of applications the end of which nobody said whether it was stored: if it is there later, it is this one. */
  readonly #unsure = new Map<string, string>()

  constructor(
    private readonly announcer: Announcer<'syncmaster'>,
    private readonly clock: Clock,
  ) {}

  async declared(record: ApplicationRecord, version: number): Promise<void> {
    const draft = this.#ofRecord(record, declaredId(record.ref, version))
    await this.announcer.publish(applicationDeclared, { ...draft, data: { application: record } })
  }

  async removed(leaving: Leaving): Promise<void> {
    const draft = this.#ofRecord(leaving, removedId(leaving.ref))
    await this.announcer.publish(applicationRemoved, { ...draft, data: { application: leaving.ref } })
  }

  async planned(
    cause: Cause,
    sync: SyncFact,
    counts: Pick<SyncPlanned, 'create' | 'configure' | 'delete' | 'unchanged'>,
  ): Promise<void> {
    const data = { application: cause.application, ...sync, ...counts }
    await this.announcer.publish(syncPlanned, this.#draft(cause, syncId('sync.planned', sync), data))
  }

  async started(
    cause: Cause,
    sync: SyncFact,
    how: Pick<SyncStarted, 'revisions' | 'trigger' | 'automated' | 'waves' | 'kinds'>,
  ): Promise<void> {
    const data = { application: cause.application, ...sync, ...how }
    const because = { ...cause, causes: [syncId('sync.planned', sync)] }
    await this.announcer.publish(syncStarted, this.#draft(because, syncId('sync.started', sync), data))
  }

  async finished(
    cause: Cause,
    sync: SyncFact,
    outcome: Omit<SyncFinished, 'application' | 'sync' | 'release' | 'cluster'>,
  ): Promise<boolean> {
    const data = { application: cause.application, ...sync, ...outcome }
    const because = { ...cause, causes: [syncId('sync.started', sync)] }
    const draft = this.#draft(because, syncId('sync.finished', sync), data)
    const { uid } = cause.application
    const end = `${draft.id} ${outcome.phase}`
    const isOurs = this.#unsure.get(uid) === end
    this.#unsure.set(uid, end)
    const { duplicate } = await this.announcer.publish(syncFinished, draft)
    this.#unsure.delete(uid)
    return !duplicate || isOurs
  }

  async rollbackStarted(
    cause: Cause,
    rollback: RollbackFact,
    how: Pick<RollbackStarted, 'revisions' | 'reason'>,
  ): Promise<void> {
    const data = { application: cause.application, ...rollback, ...how }
    await this.announcer.publish(rollbackStarted, this.#draft(cause, syncId('rollback.started', rollback), data))
  }

  async rollbackFinished(
    cause: Cause,
    rollback: RollbackFact,
    outcome: Pick<RollbackFinished, 'phase' | 'message' | 'startedAt' | 'finishedAt'>,
  ): Promise<void> {
    const data = { application: cause.application, ...rollback, ...outcome }
    const because = { ...cause, causes: [syncId('rollback.started', rollback)] }
    await this.announcer.publish(rollbackFinished, this.#draft(because, syncId('rollback.finished', rollback), data))
  }

  async driftDetected(
    cause: Cause,
    drift: DriftFact,
    how: { kind: 'changed' | 'deleted'; fields: string[]; manager: string; willHeal: boolean },
  ): Promise<void> {
    const data = { application: cause.application, ...drift, ...how }
    const { correlationId: _release, ...own } = cause
    // A drift begins a chain of its own: no release made it.
    const draft = this.#draft({ ...own, causes: [] }, driftDetectedId(cause.application.uid, drift), data)
    await this.announcer.publish(driftDetected, draft)
  }

  async driftRepaired(cause: Cause, drift: DriftFact, detectedId: string): Promise<void> {
    const data = { application: cause.application, ...drift }
    const id = driftRepairedId(detectedId)
    const draft = this.#draft({ ...cause, causes: [detectedId], correlationId: detectedId }, id, data)
    await this.announcer.publish(driftRepaired, draft)
  }

  #ofRecord({ token }: Leaving, id: string): Omit<FactDraft<never>, 'data'> {
    return { id, token, time: this.clock.now(), causes: [], actor: 'service:syncmaster' }
  }

  #draft<Data>(cause: Cause, id: string, data: Data): FactDraft<Data> {
    const { token, causes, correlationId, actor } = cause
    return { id, token, time: this.clock.now(), causes, actor, data, ...(correlationId ? { correlationId } : {}) }
  }
}
