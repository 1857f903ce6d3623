import type { ImageConsidered, ReleaseFailed, ReleaseRendered } from '@k8or/contracts'
import type { Logger, Metrics } from '@k8or/telemetry'
import type { Swept } from './domain/retention/retention'

/** What happens in ChartStore, as log lines and numbers. */
export class Signals {
  private readonly releases
  private readonly images
  private readonly looks
  private readonly removals

  constructor(
    private readonly log: Logger,
    metrics: Metrics,
  ) {
    this.releases = metrics.counter('k8or_releases_total', 'releases by result')
    this.images = metrics.counter('k8or_images_considered_total', 'decisions about images by outcome')
    this.removals = metrics.counter('k8or_releases_removed_total', 'what retention removed, by kind')
    this.looks = metrics.histogram('k8or_application_consider_seconds', 'deciding on, and making, one release', [
      ...[0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
    ])
  }

  /** A release was announced. */
  rendered({ application, release, digest, objects, warnings }: ReleaseRendered): void {
    this.releases.add({ result: 'rendered' })
    const details = { application: `${application.namespace}/${application.name}`, release, digest, objects }
    this.log.info(warnings.length > 0 ? { ...details, warnings } : details, 'release rendered')
  }

  /** It was announced why there can be no release of what the sources are. */
  failed({ application, problems }: ReleaseFailed): void {
    this.releases.add({ result: 'failed' })
    const reasons = problems.map(({ message }) => message).join('; ')
    const details = { application: `${application.namespace}/${application.name}`, problems }
    this.log.warn(details, `release failed: ${reasons}`)
  }

  /** What nobody can ask for any more was removed. */
  swept({ releases, manifests, gone, unknown }: Swept): void {
    this.removals.add({ kind: 'release' }, releases)
    this.removals.add({ kind: 'manifests' }, manifests)
    if (unknown.length > 0) this.log.warn({ applications: unknown }, 'releases stay, since what runs is not known')
    if (releases + manifests + gone.length > 0) this.log.info({ releases, manifests, gone }, 'old releases removed')
  }

  /** It was announced what became of an image. */
  imageConsidered({ application, image, tag, outcome, reason }: ImageConsidered): void {
    this.images.add({ outcome })
    const details = { application: `${application.namespace}/${application.name}`, image: image.name, tag, reason }
    if (outcome === 'selected') this.log.info(details, 'image selected')
    else this.log.warn({ ...details, outcome }, 'image not taken')
  }

  /** Images were written to a branch. */
  committed(commit: string): void {
    this.log.info({ commit }, 'images written')
  }

  /** Measures one look at an application. */
  async considered(look: () => Promise<void>): Promise<void> {
    const began = performance.now()
    try {
      await look()
    } finally {
      this.looks.observe((performance.now() - began) / 1000)
    }
  }
}
