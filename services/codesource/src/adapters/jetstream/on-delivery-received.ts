import { Controller } from '@nestjs/common'
import { deliveryReceived, type DeliveryReceived, type Fact } from '@k8or/contracts'
import { OnFact } from '@k8or/jetstream'
import { RepositoryWork } from '../repository-work'

@Controller()
export class OnDeliveryReceived {
  constructor(private readonly work: RepositoryWork) {}

  @OnFact(deliveryReceived)
  async handle(fact: Fact<DeliveryReceived>): Promise<void> {
    this.work.delivered(fact)
    return Promise.resolve()
  }
}
