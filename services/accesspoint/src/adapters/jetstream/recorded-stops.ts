import { noToken, stopKey, stopLifted, stopRaised, stopRecord, type StopRecord } from '@k8or/contracts'
import type { Bus, Records } from '@k8or/jetstream'
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

  /** Resolves when all that stand are known. */
  async watch(signal: AbortSignal): Promise<void> {
    await this.records.watch(({ key, value, revision }) => this.stops.take(key, value ?? undefined, revision), {
      signal,
    })
    if (!signal.aborted) this.stops.allTaken()
  }

  /** Stands here at once, then is recorded and announced. @throws Later when it could not be recorded: it stands here all the same */
  async raise(stop: StopRecord): Promise<void> {
    this.stops.raise(stop)
    const key = stopKey(stop.cluster)
    const revision = await this.records.put(key, stop).catch((cause: unknown) => {
      this.stops.recorded(stop, 0)
      throw new Later(
        'the stop stands at this replica of AccessPoint until it restarts, but could not be recorded; raise it again',
        undefined,
        { cause },
      )
    })
    this.stops.recorded(stop, revision)
    const { cluster, reason, since, actor } = stop
    const draft = { ...draftOf(cluster, actor, new Date(since)), id: stopRaisedId(key, revision) }
    await this.bus.publisher.publish(stopRaised, { ...draft, data: { cluster, reason } })
  }

  /** Is recorded, then goes on here, then is announced. */
  async lift(
    stop: StopRecord,
    by: { readonly actor: string; readonly reason: string; readonly at: Date },
  ): Promise<void> {
    const { cluster, since } = stop
    const key = stopKey(cluster)
    const row = await this.records.get(key)
    await this.records.delete(key)
    this.stops.lift(cluster)
    const draft = { ...draftOf(cluster, by.actor, by.at), id: stopLiftedId(key, row?.revision ?? since) }
    const causes = row ? [stopRaisedId(key, row.revision)] : []
    await this.bus.publisher.publish(stopLifted, { ...draft, causes, data: { cluster, reason: by.reason } })
  }
}

function draftOf(cluster: string, actor: string, time: Date) {
  return { token: cluster === '' ? noToken : stopKey(cluster), time, causes: [] as string[], actor }
}
