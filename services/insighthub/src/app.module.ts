import { Module, type DynamicModule } from '@nestjs/common'
import { buildService, type Links, type ServiceApp } from '@k8or/shell'
import { createLogger } from '@k8or/telemetry'
import { DeclaredApplications } from './adapters/jetstream/declared'
import { DeadLetterAnswers, deadLettersOfBus } from './adapters/rpc/dead-letters'
import { LeadTimeAnswers } from './adapters/rpc/lead-times'
import { TreeAnswers } from './adapters/rpc/resource-trees'
import { TraceAnswers } from './adapters/rpc/traces'
import { SqliteFactIndex } from './adapters/sqlite/fact-index'
import type { Config } from './config'
import { Judge } from './domain/judge'
import { Insight } from './insight'

@Module({})
class InsightHubModule {}

const name = 'insighthub'

/** Builds InsightHub from its settings and its links to the mesh. */
export function createApp(config: Config, links: Links): Promise<ServiceApp> {
  const insight = new Insight(config, links)
  return buildService({
    name,
    links,
    log: createLogger(name),
    module: moduleOf(insight, links),
    onStart: (signal) => insight.start(signal),
    onStop: () => insight.stop(),
    missing: () => (insight.isUp ? [] : ['the facts are not read yet']),
  })
}

function moduleOf(insight: Insight, { bus }: Links): DynamicModule {
  return {
    module: InsightHubModule,
    providers: [
      TraceAnswers,
      LeadTimeAnswers,
      TreeAnswers,
      DeadLetterAnswers,
      { provide: SqliteFactIndex, useFactory: () => insight.index },
      { provide: DeclaredApplications, useFactory: () => insight.declared },
      { provide: Judge, useFactory: () => insight.judge },
      { provide: deadLettersOfBus, useFactory: () => bus.deadLetters },
    ],
  }
}
