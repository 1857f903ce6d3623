import { releaseFailed, releaseRendered, type ReleaseFailed, type ReleaseRendered } from '@k8or/contracts'
import type { Publisher } from '@k8or/jetstream'
import type { Announcer, Because } from '../../domain/ports'
import type { Signals } from '../../signals'

const actor = 'service:chartstore'

/** Announces ChartStore's facts on the bus. */
export class BusAnnouncer implements Announcer {
  constructor(
    private readonly publisher: Publisher,
    private readonly signals: Signals,
  ) {}

  async rendered(
    id: string,
    token: string,
    data: ReleaseRendered,
    { causes, correlationId, at }: Because,
  ): Promise<void> {
    await this.publisher.publish(releaseRendered, { id, token, time: at, data, causes, correlationId, actor })
    this.signals.rendered(data)
  }

  async failed(id: string, token: string, data: ReleaseFailed, { causes, correlationId, at }: Because): Promise<void> {
    await this.publisher.publish(releaseFailed, { id, token, time: at, data, causes, correlationId, actor })
    this.signals.failed(data)
  }
}
