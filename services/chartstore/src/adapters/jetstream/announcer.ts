import {
  imageConsidered,
  releaseFailed,
  releaseRendered,
  type ImageConsidered,
  type ReleaseFailed,
  type ReleaseRendered,
} from '@k8or/contracts'
import type { Publisher } from '@k8or/jetstream'
import type { ConsideredAnnouncer } from '../../domain/images/ports'
import type { Announcer, Because } from '../../domain/ports'
import type { Signals } from '../../signals'

const actor = 'service:chartstore'
const imagePolicy = 'policy:image-update'

/** Announces ChartStore's facts on the bus. */
export class BusAnnouncer implements Announcer, ConsideredAnnouncer {
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

  async considered(
    id: string,
    token: string,
    data: ImageConsidered,
    { causes, correlationId, at }: Because,
  ): Promise<void> {
    const chain = { causes, correlationId, actor: imagePolicy }
    await this.publisher.publish(imageConsidered, { id, token, time: at, data, ...chain })
    this.signals.imageConsidered(data)
  }
}
