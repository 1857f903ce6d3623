import { healthKey, healthRecord, type ObjectRef } from '@k8or/contracts'
import type { Bus } from '@k8or/jetstream'
import type { Verdicts } from '../../domain/ports'
import type { Verdict } from '../../domain/status/health'

/** InsightHub's verdicts, as its record has them. */
export class RecordedVerdicts implements Verdicts {
  readonly #verdicts = new Map<string, Verdict>()

  constructor(
    private readonly bus: Bus,
    private readonly onChange: (application: string) => void,
  ) {}

  /** Resolves when the present verdicts are known. */
  start(signal: AbortSignal): Promise<void> {
    return this.bus.records(healthRecord).watch(
      ({ key, value }) => {
        if (value) this.#verdicts.set(key, { uid: value.uid, generation: value.generation, health: value.health })
        else this.#verdicts.delete(key)
        this.onChange(key.slice(0, key.lastIndexOf('.')))
      },
      { signal },
    )
  }

  ofApplication(application: string): Verdict | undefined {
    return this.#verdicts.get(healthKey(application, null))
  }

  ofObject(application: string, ref: ObjectRef): Verdict | undefined {
    return this.#verdicts.get(healthKey(application, ref))
  }
}
