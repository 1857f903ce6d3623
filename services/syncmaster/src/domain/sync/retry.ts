import type { Retry } from '../application/application'

/** How a failed sync is tried again. */
export interface RetryPlan {
  /** How many times; below 0 for ever. */
  readonly limit: number
  readonly durationMs: number
  readonly factor: number
  readonly maxDurationMs: number
}

const automatedLimit = 5

/** The retries of a sync: as declared, else five for automated syncs and none for those that people ask for. */
export function retryPlan(declared: Retry | null | undefined, automated: boolean): RetryPlan {
  return {
    limit: declared?.limit ?? (declared || !automated ? 0 : automatedLimit),
    durationMs: readDuration(declared?.backoff?.duration) ?? 5000,
    factor: declared?.backoff?.factor ?? 2,
    maxDurationMs: readDuration(declared?.backoff?.maxDuration) ?? 180_000,
  }
}

/** The wait before the next try; undefined when there is none. */
export function nextRetryMs(plan: RetryPlan, retries: number): number | undefined {
  if (plan.limit >= 0 && retries >= plan.limit) return undefined
  return Math.min(plan.maxDurationMs, plan.durationMs * plan.factor ** retries)
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A duration in Go's style (`1m30s`), or a plain number of seconds; in milliseconds. */
export function readDuration(value: string | number | null | undefined): number | undefined {
  if (value === null || value === undefined || value === '') return undefined
  if (typeof value === 'number') return value * 1000
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== value) return undefined
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0), 0)
}
