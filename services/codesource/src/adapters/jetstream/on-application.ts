import { Controller } from '@nestjs/common'
import {
  applicationDeclared,
  applicationRemoved,
  type ApplicationDeclared,
  type ApplicationRemoved,
  type Fact,
} from '@k8or/contracts'
import { OnFact } from '@k8or/jetstream'
import { Agenda } from '../../domain/agenda/agenda'
import { Applications } from './applications'

@Controller()
export class OnApplication {
  constructor(
    private readonly applications: Applications,
    private readonly agenda: Agenda,
  ) {}

  @OnFact(applicationDeclared)
  async handleDeclared(fact: Fact<ApplicationDeclared>): Promise<void> {
    const row = await this.applications.get(fact.data.application.ref.uid)
    if (row) this.agenda.declared(row, fact)
  }

  @OnFact(applicationRemoved)
  async handleRemoved({ data }: Fact<ApplicationRemoved>): Promise<void> {
    this.agenda.removed(data.application.uid)
    return Promise.resolve()
  }
}
