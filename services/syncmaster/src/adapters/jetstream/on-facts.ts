import { Controller } from '@nestjs/common'
import {
  clusterReachable,
  healthChanged,
  releaseFailed,
  releaseRendered,
  type ClusterReachable,
  type Fact,
  type HealthChanged,
  type ReleaseFailed,
  type ReleaseRendered,
} from '@k8or/contracts'
import { OnFact } from '@k8or/jetstream'
import { Attention } from '../jobs/attention'

/** Turns facts into keys to look at; what they mean is read from the records. */
@Controller()
export class OnFacts {
  constructor(private readonly attention: Attention) {}

  @OnFact(releaseRendered)
  async handleRendered(fact: Fact<ReleaseRendered>): Promise<void> {
    this.attention.consider(fact.data.application.uid)
  }

  @OnFact(releaseFailed)
  async handleFailed(fact: Fact<ReleaseFailed>): Promise<void> {
    this.attention.consider(fact.data.application.uid)
  }

  @OnFact(healthChanged)
  async handleHealth(fact: Fact<HealthChanged>): Promise<void> {
    this.attention.consider(fact.data.application.uid)
  }

  @OnFact(clusterReachable)
  async handleReachable(fact: Fact<ClusterReachable>): Promise<void> {
    this.attention.considerCluster({ name: fact.data.cluster, server: fact.data.server })
  }
}
