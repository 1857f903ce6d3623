import {
  applicationDeclared,
  applicationRemoved,
  driftDetected,
  driftRepaired,
  rollbackFinished,
  rollbackStarted,
  sha256,
  syncFinished,
  syncPlanned,
  syncStarted,
  type ApplicationRecord,
  type FactDraft,
  type RollbackFinished,
  type RollbackStarted,
  type SyncFinished,
  type SyncPlanned,
  type SyncStarted,
} from '@k8or/contracts'
import type { Publisher } from '@k8or/jetstream'
import type { Announcer, Cause, DriftFact, RollbackFact, SyncFact } from '../../domain/fact/announcer'
import type { Clock } from '../../domain/ports'
import type { Leaving } from '../../domain/account/accounts'
import { driftId } from '../../domain/sync/heal'

/** Announces SyncMaster's facts on the bus. */
export class BusAnnouncer implements Announcer {
  constructor(
    private readonly publisher: Publisher,
    private readonly clock: Clock,
  ) {}

  async declared(record: ApplicationRecord, version: number): Promise<void> {
    const id = `application.declared/${record.ref.uid}/${version}`
    await this.publisher.publish(applicationDeclared, { ...this.#ofRecord(record, id), data: { application: record } })
  }

  async removed(leaving: Leaving): Promise<void> {
    const id = `application.removed/${leaving.ref.uid}`
    await this.publisher.publish(applicationRemoved, {
      ...this.#ofRecord(leaving, id),
      data: { application: leaving.ref },
    })
  }

  async planned(
    cause: Cause,
    sync: SyncFact,
    counts: Pick<SyncPlanned, 'create' | 'configure' | 'delete' | 'unchanged'>,
  ): Promise<void> {
    const data = { application: cause.application, ...sync, ...counts }
    await this.publisher.publish(syncPlanned, this.#draft(cause, syncFactId('sync.planned', sync), data))
  }

  async started(
    cause: Cause,
    sync: SyncFact,
    how: Pick<SyncStarted, 'revisions' | 'trigger' | 'automated' | 'waves' | 'kinds'>,
  ): Promise<void> {
    const data = { application: cause.application, ...sync, ...how }
    const because = { ...cause, causes: [syncFactId('sync.planned', sync)] }
    await this.publisher.publish(syncStarted, this.#draft(because, syncFactId('sync.started', sync), data))
  }

  async finished(
    cause: Cause,
    sync: SyncFact,
    outcome: Omit<SyncFinished, 'application' | 'sync' | 'release' | 'cluster'>,
  ): Promise<boolean> {
    const data = { application: cause.application, ...sync, ...outcome }
    const because = { ...cause, causes: [syncFactId('sync.started', sync)] }
    const draft = this.#draft(because, syncFactId('sync.finished', sync), data)
    const { duplicate } = await this.publisher.publish(syncFinished, draft)
    return !duplicate
  }

  async rollbackStarted(
    cause: Cause,
    rollback: RollbackFact,
    how: Pick<RollbackStarted, 'revisions' | 'reason'>,
  ): Promise<void> {
    const data = { application: cause.application, ...rollback, ...how }
    await this.publisher.publish(rollbackStarted, this.#draft(cause, syncFactId('rollback.started', rollback), data))
  }

  async rollbackFinished(
    cause: Cause,
    rollback: RollbackFact,
    outcome: Pick<RollbackFinished, 'phase' | 'message' | 'startedAt' | 'finishedAt'>,
  ): Promise<void> {
    const data = { application: cause.application, ...rollback, ...outcome }
    const because = { ...cause, causes: [syncFactId('rollback.started', rollback)] }
    await this.publisher.publish(
      rollbackFinished,
      this.#draft(because, syncFactId('rollback.finished', rollback), data),
    )
  }

  async driftDetected(
    cause: Cause,
    drift: DriftFact,
    how: { kind: 'changed' | 'deleted'; fields: string[]; manager: string; willHeal: boolean },
  ): Promise<void> {
    const data = { application: cause.application, ...drift, ...how }
    const { correlationId: _release, ...own } = cause
    // A drift begins a chain of its own: no release made it.
    const draft = this.#draft({ ...own, causes: [] }, driftId(cause.application.uid, drift), data)
    await this.publisher.publish(driftDetected, draft)
  }

  async driftRepaired(cause: Cause, drift: DriftFact, detectedId: string): Promise<void> {
    const data = { application: cause.application, ...drift }
    const id = `drift.repaired/${sha256(detectedId).slice(0, 24)}/${drift.resourceVersion}`
    const draft = this.#draft({ ...cause, causes: [detectedId], correlationId: detectedId }, id, data)
    await this.publisher.publish(driftRepaired, draft)
  }

  #ofRecord({ token }: Leaving, id: string): Omit<FactDraft<never>, 'data'> {
    return { id, token, time: this.clock.now(), causes: [], actor: 'service:syncmaster' }
  }

  #draft<Data>(cause: Cause, id: string, data: Data): FactDraft<Data> {
    const { token, causes, correlationId, actor } = cause
    return { id, token, time: this.clock.now(), causes, actor, data, ...(correlationId ? { correlationId } : {}) }
  }
}

/** The same sync announced twice has the same id: `sync.started/<application>/<release>/<attempt>`, see `syncName`. */
function syncFactId(fact: string, { sync, release }: SyncFact): string {
  const attempt = sync.slice(sync.lastIndexOf('-') + 1)
  const application = sync.slice(0, -`-${release}-${attempt}`.length)
  return `${fact}/${application}/${release}/${attempt}`
}
