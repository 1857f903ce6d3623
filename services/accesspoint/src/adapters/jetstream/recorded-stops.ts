import { setTimeout as wait } from 'node:timers/promises'
import { noToken, stopKey, stopLifted, stopRaised, stopRecord, type StopRecord } from '@k8or/contracts'
import { RecordConflictError, type Bus, type Records } from '@k8or/jetstream'
import { Later } from '@k8or/outcome'
import { stopLiftedId, stopRaisedId } from '../../domain/fact-ids'
import { isUnsaid, repairsOf, type StopRepair, type StopRow } from '../../domain/stop/repairs'
import type { StopCopies, Stops } from '../../domain/stop/stops'
import type { Signals } from '../../signals'

/** Where copies of the stops are kept besides the record: on the hub, which does not go with the bus. */
export interface KeptStops {
  /** Resolves when the copies were read. */
  untilRead(signal: AbortSignal): Promise<void>
  /** The copies as they are now. */
  read(): Promise<StopCopies>
  write(stop: StopRecord): Promise<void>
  /** Removes every copy of the stop of a cluster, or (empty) of the mesh. */
  remove(cluster: string): Promise<void>
}

/** What recorded stops are made of. */
export interface RecordedStopsOptions {
  readonly bus: Bus
  readonly stops: Stops
  readonly kept: KeptStops
  readonly signals: Pick<Signals, 'trouble' | 'stopRestored'>
}

const compareMs = 10_000

/**
 * The record STOPS, its facts, and the copies on the hub: what stands here stands after a restart, for every replica, and
 * after a loss of the bus (ADR 0028).
 */
export class RecordedStops {
  readonly stops: Stops
  private readonly records: Records<StopRecord>
  private readonly kept: KeptStops

  constructor(private readonly options: RecordedStopsOptions) {
    this.stops = options.stops
    this.kept = options.kept
    this.records = options.bus.records(stopRecord)
  }

  /** Resolves when all that stand are known; from then on record and copies are kept the same, and nothing is left unsaid. */
  async watch(signal: AbortSignal): Promise<void> {
    const onChange = ({ key, value, revision }: { key: string; value: StopRecord | null; revision: number }): void =>
      this.stops.take(key, value ?? undefined, revision)
    await Promise.all([this.records.watch(onChange, { signal }), this.kept.untilRead(signal)])
    if (signal.aborted) return
    this.stops.allTaken()
    void this.keepTheSame(signal)
  }

  private async keepTheSame(signal: AbortSignal): Promise<void> {
    let isTold = false
    while (!signal.aborted) {
      try {
        await this.compare()
        isTold = false
      } catch (error) {
        if (!isTold)
          this.options.signals.trouble(
            'the record of emergency stops and its copies on the hub can not be compared',
            error,
          )
        isTold = true
      }
      await wait(compareMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  /** The rows are read before the copies. Each repair is made, whichever of them fail. @throws what failed */
  private async compare(): Promise<void> {
    const rows = await this.records.list()
    const copies = await this.kept.read()
    const failures: unknown[] = []
    for (const repair of repairsOf(rows, copies, (stop) => this.stops.stands(stop)))
      await this.make(repair).catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw new AggregateError(failures)
  }

  private make(repair: StopRepair): Promise<void> {
    switch (repair.kind) {
      case 'copy':
        return this.kept.write(repair.stop)
      case 'settle':
        return this.settle(repair.row)
      case 'restore':
        return this.restore(repair.key, repair.stop)
      case 'removeCopy':
        return this.kept.remove(repair.cluster)
    }
  }

  private async restore(key: string, stop: StopRecord): Promise<void> {
    await unlessChanged(this.records.create(key, { ...stop, announced: undefined }))
    this.options.signals.stopRestored(stop)
  }

  /** Stands here at once, then is recorded and announced. @throws Later when it could not be recorded: it stands all the same */
  async raise(stop: StopRecord): Promise<void> {
    this.stops.raise(stop)
    const key = stopKey(stop.cluster)
    const value: StopRecord = { ...stop, announced: false }
    const copied = this.copy(stop)
    const revision = await this.records.put(key, value).catch(async (cause: unknown) => {
      this.stops.recorded(stop, 0)
      throw new Later(unrecorded(await copied), undefined, { cause })
    })
    this.stops.recorded(stop, revision)
    await copied
    await this.settle({ key, value, revision })
  }

  /** What can not be copied now is copied by the next comparison. */
  private async copy(stop: StopRecord): Promise<boolean> {
    try {
      await this.kept.write(stop)
      return true
    } catch (error) {
      this.options.signals.trouble('an emergency stop could not be copied to the hub yet', error)
      return false
    }
  }

  /** Is recorded, then goes on here, then is announced; what then is left undone is done by the next comparison. */
  async lift(
    stop: StopRecord,
    by: { readonly actor: string; readonly reason: string; readonly at: Date },
  ): Promise<void> {
    const key = stopKey(stop.cluster)
    const row = await this.records.get(key)
    // Whoever raised it may have been killed before it was announced.
    if (row && isUnsaid(row.value)) await this.settle(row)
    const lifted = { actor: by.actor, reason: by.reason, at: by.at.toISOString() }
    const value: StopRecord = { ...stop, lifted, announced: false }
    const revision = await this.records.put(key, value)
    this.stops.lift(stop, revision)
    await this.settle({ key, value, revision })
  }

  /**
   * The fact of what the row says, then the row as it is from then on; who has changed it meanwhile says more. A row that
   * says lifted keeps the copy from standing, so the copy goes first.
   */
  private async settle({ key, value, revision }: StopRow): Promise<void> {
    if (value.lifted) {
      await this.kept.remove(value.cluster)
      await this.announceLifted(value, value.lifted)
      await unlessChanged(this.records.delete(key, revision))
    } else {
      await this.announceRaised(value)
      await unlessChanged(this.records.update(key, { ...value, announced: undefined }, revision))
    }
  }

  private async announceRaised(stop: StopRecord): Promise<void> {
    const { cluster, reason, since, actor } = stop
    const draft = { ...draftOf(cluster, actor, new Date(since)), id: stopRaisedId(stopKey(cluster), since) }
    await this.options.bus.publisher.publish(stopRaised, { ...draft, data: { cluster, reason } })
  }

  private async announceLifted(stop: StopRecord, by: NonNullable<StopRecord['lifted']>): Promise<void> {
    const { cluster, since } = stop
    const key = stopKey(cluster)
    const draft = { ...draftOf(cluster, by.actor, new Date(by.at)), id: stopLiftedId(key, since) }
    const data = { cluster, reason: by.reason }
    await this.options.bus.publisher.publish(stopLifted, { ...draft, causes: [stopRaisedId(key, since)], data })
  }
}

async function unlessChanged(write: Promise<unknown>): Promise<void> {
  await write.catch((error: unknown) => {
    if (!(error instanceof RecordConflictError)) throw error
  })
}

function unrecorded(isCopied: boolean): string {
  return isCopied
    ? 'the stop stands, and is copied to the hub, but could not be recorded; that is done when the bus is back'
    : 'the stop stands at this replica of AccessPoint until it restarts, but could not be recorded; raise it again'
}

function draftOf(cluster: string, actor: string, time: Date) {
  return { token: cluster === '' ? noToken : stopKey(cluster), time, causes: [] as string[], actor }
}
