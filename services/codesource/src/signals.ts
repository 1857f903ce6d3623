import { withSpan, withTraceparent, type Histogram, type Logger, type Metrics } from '@k8or/telemetry'
import type { CommitRequest } from './domain/commit/request'
import type { WebhookAnswer } from './domain/webhook/take-delivery'

/** What happens in CodeSource, as log lines and numbers. */
export class Signals {
  private readonly deliveries
  private readonly looks
  private readonly commits

  constructor(
    private readonly log: Logger,
    metrics: Metrics,
  ) {
    this.deliveries = metrics.counter('k8or_webhook_deliveries_total', 'webhooks by provider and result')
    this.looks = metrics.histogram('k8or_repository_look_seconds', 'fetching and resolving one repository', [
      ...[0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
    ])
    this.commits = metrics.histogram('k8or_commit_seconds', 'making and pushing one commit', [
      ...[0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
    ])
  }

  /** A webhook was answered. Refusals are told loudly: somebody may be trying doors. */
  answered({ status, result, message, provider = 'unknown', delivery }: WebhookAnswer, from: object): void {
    this.deliveries.add({ provider, result })
    const details = { provider, result, status, delivery, ...from }
    if (status === 200) this.log.info(details, message)
    else this.log.warn(details, message)
  }

  /** A webhook was not taken for a reason that lies with us or with its size. */
  declined(status: number, message: string, from: object): void {
    this.deliveries.add({ provider: 'unknown', result: String(status) })
    this.log.warn({ status, ...from }, message)
  }

  /** Measures one look at a repository. */
  looked(look: () => Promise<void>): Promise<void> {
    return measured(this.looks, look)
  }

  /** Measures the making and pushing of one commit, as a part of the traces that led to it. */
  committed<Result>(requests: readonly CommitRequest[], run: () => Promise<Result>): Promise<Result> {
    const [first, ...others] = requests.map(({ traceparent }) => traceparent)
    const step = () => withSpan('push commit', { 'k8or.operations': requests.length }, run, { causes: others })
    return measured(this.commits, () => withTraceparent(first, step))
  }
}

async function measured<Result>(histogram: Histogram, run: () => Promise<Result>): Promise<Result> {
  const began = performance.now()
  try {
    return await run()
  } finally {
    histogram.observe((performance.now() - began) / 1000)
  }
}
