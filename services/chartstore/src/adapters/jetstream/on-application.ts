import { Controller } from '@nestjs/common'
import {
  applicationDeclared,
  applicationRemoved,
  type ApplicationDeclared,
  type ApplicationRemoved,
  type Fact,
} from '@k8or/contracts'
import { OnFact } from '@k8or/jetstream'
import { Work } from '../work'

@Controller()
export class OnApplication {
  constructor(private readonly work: Work) {}

  @OnFact(applicationDeclared)
  handleDeclared(fact: Fact<ApplicationDeclared>): Promise<void> {
    const { id: factId, correlationId, data } = fact
    this.work.declared({ record: data.application, factId, correlationId })
    return Promise.resolve()
  }

  @OnFact(applicationRemoved)
  handleRemoved(fact: Fact<ApplicationRemoved>): Promise<void> {
    this.work.removed(fact.data.application.uid)
    return Promise.resolve()
  }
}
