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
import { ImageAgenda } from '../../domain/images/image-agenda'
import { DeclaredApplications } from './declared-applications'

@Controller()
export class OnApplication {
  constructor(
    private readonly applications: DeclaredApplications,
    private readonly agenda: Agenda,
    private readonly images: ImageAgenda,
  ) {}

  /** The fact says that something changed, the record what it is now: a fact may be late. */
  @OnFact(applicationDeclared)
  async handleDeclared({ id: factId, correlationId, data }: Fact<ApplicationDeclared>): Promise<void> {
    const row = await this.applications.get(data.application.ref.uid)
    if (!row) return
    this.agenda.declared({ record: row.value, revision: row.revision, factId, correlationId })
    this.images.declared(row.value.ref.uid)
  }

  @OnFact(applicationRemoved)
  handleRemoved(fact: Fact<ApplicationRemoved>): Promise<void> {
    const { uid } = fact.data.application
    this.agenda.removed(uid)
    return this.images.removed(uid)
  }
}
