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
import { DeclaredApplications } from './declared-applications'

@Controller()
export class OnApplication {
  constructor(
    private readonly applications: DeclaredApplications,
    private readonly agenda: Agenda,
  ) {}

  /** The fact says that something changed, the record what it is now: a fact may be late. */
  @OnFact(applicationDeclared)
  async handleDeclared({ id: factId, correlationId, data }: Fact<ApplicationDeclared>): Promise<void> {
    const row = await this.applications.get(data.application.ref.uid)
    if (row) this.agenda.declared({ record: row.value, revision: row.revision, factId, correlationId })
  }

  @OnFact(applicationRemoved)
  handleRemoved(fact: Fact<ApplicationRemoved>): Promise<void> {
    this.agenda.removed(fact.data.application.uid)
    return Promise.resolve()
  }
}
