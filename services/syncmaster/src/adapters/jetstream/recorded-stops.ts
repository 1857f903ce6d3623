import { stopKey, stopRecord, type StopRecord } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'
import type { Stops } from '../../domain/ports'

/** The emergency stops, as AccessPoint's record has them. */
export class RecordedStops implements Stops {
  readonly #stops = new Map<string, StopRecord>()

  constructor(
    private readonly bus: Bus,
    /** A stop began or is over: on this cluster, or (empty) on all. */
    private readonly onChange: (cluster: string) => void,
  ) {}

  /** Resolves when those that stand are known. */
  start(signal: AbortSignal): Promise<void> {
    return this.bus.records(stopRecord).watch(
      ({ key, value }) => {
        const before = this.#stops.get(key)
        if (value && !value.lifted) this.#stops.set(key, value)
        else this.#stops.delete(key)
        const changed = value ?? before
        if (changed) this.onChange(changed.cluster)
      },
      { signal },
    )
  }

  over(cluster: string): StopRecord | undefined {
    return this.#stops.get(stopKey('')) ?? this.#stops.get(stopKey(cluster))
  }
}
