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
import { Work } from '../work'

@Controller()
export class OnRevision {
  constructor(private readonly work: Work) {}

  @OnFact(revisionObserved)
  handleObserved({ data }: Fact<RevisionObserved>): Promise<void> {
    return this.handle(data)
  }

  @OnFact(revisionUnresolved)
  handleUnresolved({ data }: Fact<RevisionUnresolved>): Promise<void> {
    return this.handle(data)
  }

  private handle({ repository, targetRevision }: RevisionObserved | RevisionUnresolved): Promise<void> {
    this.work.revised(revisionKey(repository.token, targetRevision))
    return Promise.resolve()
  }
}
