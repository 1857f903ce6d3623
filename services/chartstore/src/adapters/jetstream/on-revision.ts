import { Controller } from '@nestjs/common'
import {
  revisionKey,
  revisionObserved,
  revisionUnresolved,
  type Fact,
  type RevisionObserved,
  type RevisionUnresolved,
} from '@k8or/contracts'
import { OnFact } from '@k8or/jetstream'
import { Agenda } from '../../domain/agenda/agenda'
import { ImageAgenda } from '../../domain/images/image-agenda'
import { RecordedRevisions } from './revisions'

@Controller()
export class OnRevision {
  constructor(
    private readonly revisions: RecordedRevisions,
    private readonly agenda: Agenda,
    private readonly images: ImageAgenda,
  ) {}

  @OnFact(revisionObserved)
  handleObserved({ data }: Fact<RevisionObserved>): Promise<void> {
    this.revisions.expect(keyOf(data), data.ordinal)
    this.agenda.revised(keyOf(data))
    this.images.revised(keyOf(data))
    return Promise.resolve()
  }

  @OnFact(revisionUnresolved)
  handleUnresolved({ data }: Fact<RevisionUnresolved>): Promise<void> {
    this.agenda.revised(keyOf(data))
    return Promise.resolve()
  }
}

function keyOf({ repository, targetRevision }: RevisionObserved | RevisionUnresolved): string {
  return revisionKey(repository.token, targetRevision)
}
