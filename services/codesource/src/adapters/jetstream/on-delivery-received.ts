import { Controller } from '@nestjs/common'
import { deliveryReceived, type DeliveryReceived, type Fact } from '@k8or/contracts'
import { OnFact } from '@k8or/jetstream'
import { Agenda } from '../../domain/agenda/agenda'
import { ImageWork } from '../jobs/image-work'

@Controller()
export class OnDeliveryReceived {
  constructor(
    private readonly agenda: Agenda,
    private readonly images: ImageWork,
  ) {}

  @OnFact(deliveryReceived)
  async handle(fact: Fact<DeliveryReceived>): Promise<void> {
    if (fact.data.event === 'image') await this.images.delivered(fact)
    else this.agenda.delivered(fact)
  }
}
