import { createJobs, TracedMarks, type Jobs, type JobsPlace } from '@k8or/jobs'
import type { Bus } from '@k8or/jetstream'
import type { Calls } from '@k8or/rpc'
import type { Logger } from '@k8or/telemetry'
import { CodeSourceCommits } from './adapters/codesource/commits'
import { CodeSourceRegistry } from './adapters/codesource/registry'
import { RecordedImageDecisions } from './adapters/jetstream/image-decisions'
import { RecordedPushes } from './adapters/jetstream/pushed-images'
import { backoffMs } from './adapters/jobs/back-off'
import { handleImageKey } from './adapters/jobs/handle-image-key'
import { ImageAgenda } from './domain/images/image-agenda'
import { PolicyReport } from './domain/images/policy-report'
import { DecisionBooks } from './domain/images/write-back/decision-books'
import { RegistryViews } from './domain/images/write-back/registry-views'
import { Writing, type WritingParts } from './domain/images/write-back/writing'
import type { Signals } from './signals'

const concurrency = 16

interface ImageNeeds extends Pick<WritingParts, 'applications' | 'revisions' | 'releases' | 'trees' | 'clock'> {
  readonly bus: Bus
  readonly calls: Calls
  readonly stopping: AbortSignal
  readonly signals: Signals
  readonly registryIntervalMs: number
}

/** Joins what writes images into git. */
export function composeImages({ bus, calls, stopping, signals, registryIntervalMs, ...needs }: ImageNeeds) {
  const { applications, releases, clock } = needs
  const pushed = new RecordedPushes(bus)
  const decisions = new RecordedImageDecisions(bus)
  const books = new DecisionBooks(decisions, bus.publisher, clock, signals)
  const registries = new RegistryViews(new CodeSourceRegistry(calls, stopping), pushed, clock)
  const commits = new CodeSourceCommits(calls, stopping)
  const writing = new Writing({ ...needs, pushed, registries, books, commits })
  const marks = new TracedMarks()
  const agenda = new ImageAgenda({ applications, writing, registries, decisions, marks, registryIntervalMs })
  const report = new PolicyReport(applications, releases, pushed, registries, decisions)
  return { pushed, decisions, books, marks, agenda, report }
}

/** Jobs of their own: a push to git that takes long must not keep a rendering waiting. */
export function startImageJobs(
  { redis, log }: JobsPlace & { readonly log: Logger },
  { marks, agenda }: ReturnType<typeof composeImages>,
  signals: Signals,
): Jobs {
  const jobs = createJobs(
    { redis, log },
    {
      name: 'chartstore-images',
      ...{ concurrency, backoffMs },
      handler: (key, signal) => marks.traced(key, () => handleImageKey(agenda, signals, key, signal)),
      onFailure: (key, failure) => log.warn({ key, ...failure }, 'could not look at images'),
    },
  )
  marks.join(jobs)
  return jobs
}
