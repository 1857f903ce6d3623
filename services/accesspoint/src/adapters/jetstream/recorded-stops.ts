import { noToken, stopKey, stopLifted, stopRaised, stopRecord, type StopRecord } from '@k8or/contracts'
import { RecordConflictError, type Bus, type Records, type Row } from '@k8or/jetstream'
import { Later } from '@k8or/outcome'
import { stopLiftedId, stopRaisedId } from '../../domain/fact-ids'
import type { Stops } from '../../domain/stop/stops'

/** The record STOPS and its facts: what stands here stands after a restart, and for every replica. */
export class RecordedStops {
  private readonly records: Records<StopRecord>

  constructor(
    private readonly bus: Bus,
    readonly stops: Stops,
  ) {
    this.records = bus.records(stopRecord)
  }

  /** Resolves when all that stand are known, and all that was said of them is announced. */
  async watch(signal: AbortSignal): Promise<void> {
    await this.records.watch(({ key, value, revision }) => this.stops.take(key, standing(value), revision), { signal })
    if (signal.aborted) return
    this.stops.allTaken()
    for (const row of await this.records.list()) if (isUnsaid(row)) await this.announce(row)
  }

  /** Stands here at once, then is recorded and announced. @throws Later when it could not be recorded: it stands here all the same */
  async raise(stop: StopRecord): Promise<void> {
    this.stops.raise(stop)
    const key = stopKey(stop.cluster)
    const value: StopRecord = { ...stop, announced: false }
    const revision = await this.records.put(key, value).catch((cause: unknown) => {
      this.stops.recorded(stop, 0)
      throw new Later(
        'the stop stands at this replica of AccessPoint until it restarts, but could not be recorded; raise it again',
        undefined,
        { cause },
      )
    })
    this.stops.recorded(stop, revision)
    await this.announce({ key, value, revision })
  }

  /** Is recorded, then goes on here, then is announced. */
  async lift(
    stop: StopRecord,
    by: { readonly actor: string; readonly reason: string; readonly at: Date },
  ): Promise<void> {
    const key = stopKey(stop.cluster)
    const row = await this.records.get(key)
    // Whoever raised it may have been killed before it was announced.
    if (row && isUnsaid(row)) await this.announce(row)
    const lifted = { actor: by.actor, reason: by.reason, at: by.at.toISOString() }
    const value: StopRecord = { ...stop, lifted, announced: false }
    const revision = await this.records.put(key, value)
    this.stops.lift(stop.cluster)
    await this.announce({ key, value, revision })
  }

  /** The fact of what the row says, then the row as it is from then on; who has changed it meanwhile says more. */
  private async announce({ key, value, revision }: Row<StopRecord>): Promise<void> {
    await (value.lifted ? this.announceLifted(value, value.lifted) : this.announceRaised(value))
    const settled = value.lifted
      ? this.records.delete(key, revision)
      : this.records.update(key, { ...value, announced: undefined }, revision)
    await settled.catch((error: unknown) => {
      if (!(error instanceof RecordConflictError)) throw error
    })
  }

  private async announceRaised(stop: StopRecord): Promise<void> {
    const { cluster, reason, since, actor } = stop
    const draft = { ...draftOf(cluster, actor, new Date(since)), id: stopRaisedId(stopKey(cluster), since) }
    await this.bus.publisher.publish(stopRaised, { ...draft, data: { cluster, reason } })
  }

  private async announceLifted(stop: StopRecord, by: NonNullable<StopRecord['lifted']>): Promise<void> {
    const { cluster, since } = stop
    const key = stopKey(cluster)
    const draft = { ...draftOf(cluster, by.actor, new Date(by.at)), id: stopLiftedId(key, since) }
    const data = { cluster, reason: by.reason }
    await this.bus.publisher.publish(stopLifted, { ...draft, causes: [stopRaisedId(key, since)], data })
  }
}

/** The stop of a row; one that was lifted stands no longer. */
function standing(stop: StopRecord | null): StopRecord | undefined {
  return stop?.lifted ? undefined : (stop ?? undefined)
}

function isUnsaid({ value }: Row<StopRecord>): boolean {
  return value.announced === false
}

function draftOf(cluster: string, actor: string, time: Date) {
  return { token: cluster === '' ? noToken : stopKey(cluster), time, causes: [] as string[], actor }
}
