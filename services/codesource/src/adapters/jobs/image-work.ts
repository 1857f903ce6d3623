import type { DeliveryReceived, Fact } from '@k8or/contracts'
import type { Jobs } from '@k8or/jobs'
import { currentTraceparent, withSpan, withTraceparent } from '@k8or/telemetry'
import type { ObservingImages } from '../../domain/image/observing-images'

/** Turns deliveries about images into keys, which are tags, and keys into looks at them. */
export class ImageWork {
  private jobs: Jobs | undefined

  constructor(private readonly observing: ObservingImages) {}

  /** Begins to take keys: what was left is looked at. */
  async begin(jobs: Jobs): Promise<void> {
    this.jobs = jobs
    await this.observing.announceAgain()
    for (const key of await this.observing.open()) jobs.mark(key)
  }

  async delivered(fact: Fact<DeliveryReceived>): Promise<void> {
    for (const key of await this.observing.note(fact, currentTraceparent())) this.jobs?.mark(key)
  }

  async handle(key: string, signal: AbortSignal): Promise<void> {
    const look = () => this.observing.look(key, signal)
    const traceparent = await this.observing.traceparentOf(key)
    await withTraceparent(traceparent, () => withSpan('look at image', { 'k8or.image': key }, look))
  }
}
