import {
  releaseFailed,
  releaseRendered,
  sha256,
  type Announcer,
  type Problem,
  type ReleaseRecord,
  type ResolvedSource,
  type RevisionRecord,
} from '@k8or/contracts'
import { canonicalJson } from '@k8or/kube-objects'
import type { DeclaredApplication } from '../applications/application-index'
import type { Because, Clock, Releases, Signals } from '../ports'
import type { ReleaseContent } from './release-content'
import { failedFact, renderedFact } from './release-facts'

/** What a release is made of. */
export interface Draft {
  readonly application: DeclaredApplication
  readonly sources: readonly ResolvedSource[]
  readonly inputDigest: string
  /** The newest revision among the sources; absent when the declaration alone was looked at. */
  readonly revision: RevisionRecord | undefined
  readonly latest: ReleaseRecord | undefined
}

/**
 * Enters releases and failures into the books: the record first, then the fact, then that the fact is stored. Killed in
 * between, `publish` says it again under the same id.
 */
export class ReleaseBooks {
  constructor(
    private readonly releases: Releases,
    private readonly announcer: Announcer<'chartstore'>,
    private readonly clock: Clock,
    private readonly signals: Pick<Signals, 'rendered' | 'failed'>,
  ) {}

  /** A new release: its manifests, the release by number, the newest one, the fact. */
  async enter(draft: Draft, content: ReleaseContent): Promise<void> {
    const stored = this.releases.storeManifests(content.digest, content.manifests)
    const [record] = await Promise.all([this.number(draft, content), stored])
    await this.publish(record, draft.application.record.token)
  }

  /** The newest sources can not be rendered: the release before stays, with the problems beside it. Said once. */
  async fail(draft: Draft, problems: readonly Problem[]): Promise<void> {
    const { application, latest, inputDigest, sources } = draft
    const { ref, specDigest, token } = application.record
    const digest = sha256(canonicalJson([specDigest, inputDigest, sources, problems]))
    if (latest?.failure?.digest === digest && latest.announced) return
    const because = this.because(draft)
    const factId = `release.failed/${ref.uid}/${digest.slice(0, 16)}/${String(because.at.getTime())}`
    const failure = { digest, inputDigest, sources: [...sources], factId, ...told(because, factId) }
    await this.publish(
      { ...(latest ?? this.none(draft)), specDigest, problems: [...problems], failure, announced: false },
      token,
    )
  }

  /** The same content from newer commits: the record advances. After a failure it is also said that all is well again. */
  async renew(draft: Draft, latest: ReleaseRecord): Promise<void> {
    const { specDigest, token } = draft.application.record
    const renewed = { ...latest, sources: [...draft.sources], specDigest, problems: [], failure: null }
    if (!latest.failure) return this.releases.putLatest(latest.application.uid, renewed)
    const because = this.because(draft)
    const factId = `release.rendered/${latest.application.uid}/${String(latest.release)}/again-${String(because.at.getTime())}`
    const { causes, correlationId } = told(because, factId)
    await this.publish({ ...renewed, factId, causes, correlationId, announced: false }, token)
  }

  /** Writes the newest record, announces what it says, and notes that it is announced. */
  async publish(record: ReleaseRecord, token: string): Promise<void> {
    const { uid } = record.application
    await this.releases.putLatest(uid, { ...record, announced: false })
    await this.announce(record, token)
    await this.releases.putLatest(uid, { ...record, announced: true })
  }

  private async announce(record: ReleaseRecord, token: string): Promise<void> {
    if (record.failure) {
      const fact = failedFact(record, record.failure, token)
      await this.announcer.publish(releaseFailed, fact)
      this.signals.failed(fact.data)
    } else {
      const fact = renderedFact(record, token)
      await this.announcer.publish(releaseRendered, fact)
      this.signals.rendered(fact.data)
    }
  }

  /** The next free number; a release that a killed process left behind without announcing it is taken up. */
  private async number(draft: Draft, content: ReleaseContent): Promise<ReleaseRecord> {
    const { ref, releaseFloor = 0 } = draft.application.record
    const { uid } = ref
    for (let release = Math.max(releaseFloor, draft.latest?.release ?? 0) + 1; ; release++) {
      const record = this.record(draft, content, release)
      if (await this.releases.create(uid, record)) return record
      const left = await this.releases.get(uid, release)
      if (left?.inputDigest === draft.inputDigest) return left
    }
  }

  private record(draft: Draft, content: ReleaseContent, release: number): ReleaseRecord {
    const { uid } = draft.application.record.ref
    const because = this.because(draft)
    const factId = `release.rendered/${uid}/${String(release)}/${content.digest.slice(0, 16)}`
    const { causes, correlationId, at } = told(because, factId)
    return {
      ...this.none(draft),
      ...{ release, digest: content.digest, objects: content.objects },
      ...{ images: [...content.images], tools: [...content.tools] },
      warnings: [...content.warnings],
      reads: [...content.reads],
      consulted: { ...content.consulted },
      ...{ factId, correlationId, causes, renderedAt: at },
    }
  }

  /** The record of an application that has no release. */
  private none({ application, inputDigest, sources }: Draft): ReleaseRecord {
    const { ref, specDigest } = application.record
    const nothing = {
      release: 0,
      digest: '',
      objects: 0,
      images: [],
      problems: [],
      failure: null,
      warnings: [],
      reads: [],
      readsDigest: '',
      consulted: {},
    }
    const said = {
      factId: '',
      correlationId: '',
      causes: [],
      announced: true,
      renderedAt: this.clock.now().toISOString(),
    }
    return { ...nothing, ...said, application: ref, specDigest, inputDigest, sources: [...sources] }
  }

  /** A changed declaration is the cause where the release before was made of another one; else the commit is. */
  private because({ application, latest, revision }: Draft): Because {
    const isDeclared = latest?.specDigest !== application.record.specDigest && application.factId !== ''
    const cause = isDeclared ? application : revision
    return { causes: cause ? [cause.factId] : [], correlationId: cause?.correlationId ?? '', at: this.clock.now() }
  }
}

/** A fact without a cause begins its own chain. */
function told({ causes, correlationId, at }: Because, factId: string) {
  return { causes: [...causes], correlationId: correlationId === '' ? factId : correlationId, at: at.toISOString() }
}
