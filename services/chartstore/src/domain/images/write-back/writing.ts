import type { ImageRecord, Problem, RevisionRecord } from '@k8or/contracts'
import { canonicalImageName, parseImageReference } from '@k8or/contracts'
import type { ApplicationIndex } from '../../applications/application-index'
import type { Clock, Revisions } from '../../ports'
import { NotEditableError, type Named, type WantedVersion } from '../edit/edited'
import type { KnownTag } from '../known-tag'
import type { ImagePolicy } from '../policy'
import { CommitRefusedError, type Commits } from '../ports'
import { decide, imageGone, type Decision, type Step } from './decide'
import type { DecisionBooks, Saying } from './decision-books'
import { CommitDraft, type PendingImage } from './draft'
import { editIn, findIn } from './edit-place'
import { writerOf, type ImageWriter } from './image-writer'
import { knownTags } from './known-tags'
import { newestOf, Opening, pathsOf, type Opened, type OpeningParts } from './opening'

export interface WritingParts extends OpeningParts {
  readonly applications: ApplicationIndex
  readonly revisions: Revisions
  readonly books: DecisionBooks
  readonly commits: Commits
  readonly clock: Clock
}

/** How a look at a branch ended. */
export interface Looked {
  /** A commit of ours is not seen yet: look again. */
  readonly isWaiting: boolean
  /** The commit that was made. */
  readonly commit: string | undefined
}

/** Writes wanted images into the branch of one revision: all applications of it in one commit. */
export class Writing {
  private readonly opening: Opening

  constructor(private readonly parts: WritingParts) {
    this.opening = new Opening(parts)
  }

  async look(key: string, signal: AbortSignal): Promise<Looked> {
    const writers = this.writersOf(key)
    const revision = writers.length === 0 ? undefined : await this.parts.revisions.get(key)
    if (!revision) await this.sayUnfollowed(writers)
    if (!revision?.followed || revision.problem) return { isWaiting: false, commit: undefined }
    const draft = new CommitDraft()
    let isWaiting = false
    for (const signed of await this.opening.changedOf(writers, revision)) {
      signal.throwIfAborted()
      const steps = await this.consider(signed.writer, await this.opening.open(signed.writer, revision), draft)
      if (!steps.some(({ kind }) => kind === 'wait' || kind === 'write')) this.opening.settle(signed)
      isWaiting ||= steps.some(({ kind }) => kind === 'wait')
    }
    return { isWaiting, commit: draft.files().length === 0 ? undefined : await this.commit(draft, revision) }
  }

  /** The applications that write to the branch of a revision. */
  private writersOf(key: string): ImageWriter[] {
    const { applications } = this.parts
    const writers = applications.uids().map((uid) => {
      const record = applications.get(uid)?.record
      return record && writerOf(record)
    })
    return writers.filter((writer) => writer !== undefined).filter((writer) => writer.key === key)
  }

  private async consider(
    writer: ImageWriter,
    opened: Opened | { problem: Problem },
    draft: CommitDraft,
  ): Promise<Step[]> {
    const steps: Step[] = []
    for (const policy of writer.policies.images) {
      const problem = policy.problems[0] ?? ('problem' in opened ? opened.problem : undefined)
      if (problem) await this.fail(writer, policy, problem)
      else if ('place' in opened) steps.push(await this.considerImage(writer, policy, opened, draft))
    }
    return steps
  }

  /** What an application follows itself will be observed; a branch that an annotation names may never be. */
  private async sayUnfollowed(writers: readonly ImageWriter[]): Promise<void> {
    for (const writer of writers)
      for (const policy of writer.policies.writeBack.branch === '' ? [] : writer.policies.images)
        await this.fail(writer, policy, notFollowed(writer.policies.writeBack.branch))
  }

  private async considerImage(
    writer: ImageWriter,
    policy: ImagePolicy,
    opened: Opened,
    draft: CommitDraft,
  ): Promise<Step> {
    const { books, pushed, registries, clock } = this.parts
    const rows = await pushed.of(policy.token)
    const running = await this.runningOf(writer, policy)
    try {
      const named = this.findAll(opened, policy, running, draft)
      const view = registries.of(policy)
      const tags = knownTags(rows, view)
      const record = books.of(writer, policy)
      const { application } = writer
      const asked = {
        isComplete: view !== undefined,
        isUpToDate: view !== undefined && view.askedAt > opened.observedAt,
      }
      const known = { tags, ...asked, pushed: rows, named, running, record }
      const decision = decide({ application, policy, ...known, now: clock.now() })
      await this.sayGone(writer, policy, decision, rows)
      await this.sayRefusals(writer, policy, decision)
      await this.sayReturned(writer, policy, decision, rows)
      await this.take(decision.step, { writer, policy, opened, draft, rows, running, named })
      await books.judged(writer, policy, decision.judgedUntil)
      return decision.step
    } catch (error) {
      if (!(error instanceof NotEditableError)) throw error
      await this.fail(writer, policy, error.problem, newestOf(rows))
      return { kind: 'nothing', isAsWanted: false }
    }
  }

  /** What the newest release runs of an image, as it is written there. */
  private async runningOf({ application }: ImageWriter, { name }: ImagePolicy): Promise<string | undefined> {
    const release = await this.parts.releases.latest(application.ref.uid)
    return release?.images.find((image) => canonicalImageName(parseImageReference(image)?.name ?? '') === name)
  }

  private findAll(opened: Opened, policy: ImagePolicy, running: string | undefined, draft: CommitDraft): Named[] {
    return pathsOf(opened).flatMap(({ path, file }) => findIn(opened.place, draft.open(path, file), policy, running))
  }

  private async sayRefusals(writer: ImageWriter, policy: ImagePolicy, { refusals }: Decision): Promise<void> {
    for (const { row, reason } of refusals) {
      const problem = { reason: 'ImageRefused', message: reason }
      await this.parts.books.say(writer, policy, { ...sayingOf(row), outcome: 'refused', reason, problem })
    }
  }

  private async sayGone(
    writer: ImageWriter,
    policy: ImagePolicy,
    { gone }: Decision,
    rows: readonly ImageRecord[],
  ): Promise<void> {
    for (const { tag, reason } of gone) {
      const problem = { reason: imageGone, message: reason }
      await this.parts.books.say(writer, policy, { ...causeOf(tag, rows), outcome: 'failed', reason, problem })
    }
  }

  /** What is written, held or awaited next says more than that the tag is back. */
  private async sayReturned(
    writer: ImageWriter,
    policy: ImagePolicy,
    { returned, step }: Decision,
    rows: readonly ImageRecord[],
  ): Promise<void> {
    if (!returned || step.kind === 'wait') return
    const { tag, reason } = returned
    await this.parts.books.forgetSaid(writer, policy)
    if (step.kind === 'nothing')
      await this.parts.books.say(writer, policy, { ...causeOf(tag, rows), outcome: 'selected', reason })
  }

  private async take(step: Step, about: About): Promise<void> {
    const { writer, policy, rows } = about
    const { books } = this.parts
    if (step.kind === 'nothing' && step.isAsWanted) await books.seen(writer, policy)
    if (step.kind === 'hold')
      await books.say(writer, policy, { ...causeOf(step.tag, rows), outcome: 'held', reason: step.reason })
    if (step.kind === 'write') await this.draftEdits(step, about)
  }

  private async draftEdits(step: Step & { kind: 'write' }, about: About): Promise<void> {
    const { writer, policy, opened, draft, rows, running, named } = about
    if (named.length === 0 && !(await this.mayAdd(writer, policy, opened, running))) {
      await this.fail(writer, policy, notNamed(writer, policy, opened), newestOf(rows))
      return
    }
    const changes = this.editAll(opened, policy, { running, version: step.version }, draft)
    if (changes.length === 0) return
    const { causes, correlationId } = causeOf(step.tag, rows)
    draft.add({ writer, policy, tag: step.tag, reason: step.reason, changes, causes, correlationId })
  }

  /** What is not named yet is added where that has an effect: the application runs the image, or is told to. */
  private async mayAdd(
    { application }: ImageWriter,
    policy: ImagePolicy,
    { place }: Opened,
    running: string | undefined,
  ): Promise<boolean> {
    if (place.kind === 'manifests') return false
    const release = await this.parts.releases.latest(application.ref.uid)
    return policy.isForced || running !== undefined || !release || release.release === 0
  }

  private editAll(
    opened: Opened,
    policy: ImagePolicy,
    wanted: { readonly running: string | undefined; readonly version: WantedVersion },
    draft: CommitDraft,
  ): PendingImage['changes'][number][] {
    const edited = pathsOf(opened).map(({ path, file }) => ({
      path,
      ...editIn(opened.place, draft.open(path, file), policy, wanted),
    }))
    for (const { path, text } of edited) draft.edit(path, text)
    return edited.flatMap(({ path, changes }) => changes.map((change) => ({ ...change, file: path })))
  }

  /** Says what was selected, then writes it: who finds the fact without the commit after a crash finds the files as they were. */
  private async commit(draft: CommitDraft, { repository, ref }: RevisionRecord): Promise<string | undefined> {
    const { books, commits } = this.parts
    const causes: string[] = []
    for (const { writer, policy, tag, reason, changes, causes: because, correlationId } of draft.pending) {
      const about = { tag: tag.name, digest: tag.digest ?? '', causes: because, correlationId }
      causes.push(await books.say(writer, policy, { ...about, outcome: 'selected', reason, edits: [...changes] }))
    }
    const place = { repositoryUrl: repository.url, branch: ref.replace(/^refs\/heads\//, '') }
    try {
      const commit = await commits.commit(draft.commit(place, causes))
      for (const { writer, policy, tag } of draft.pending)
        await books.written(writer, policy, { name: tag.name, digest: tag.digest ?? '' }, commit)
      return commit
    } catch (error) {
      if (!(error instanceof CommitRefusedError)) throw error
      await this.refuseAll(draft, repository.url, error)
      return undefined
    }
  }

  private async refuseAll({ pending }: CommitDraft, url: string, { message: why }: CommitRefusedError): Promise<void> {
    for (const { writer, policy, tag, causes, correlationId } of pending) {
      const message = `${policy.name}:${tag.name} can not be written to ${url}: ${why}`
      const problem = { reason: 'CommitRefused', message }
      const about = { tag: tag.name, digest: tag.digest ?? '', causes, correlationId }
      await this.parts.books.say(writer, policy, { ...about, outcome: 'failed', reason: message, problem })
    }
  }

  private async fail(writer: ImageWriter, policy: ImagePolicy, problem: Problem, row?: ImageRecord): Promise<void> {
    const about = row ? sayingOf(row) : { tag: '', digest: '', causes: [], correlationId: '' }
    await this.parts.books.say(writer, policy, { ...about, outcome: 'failed', reason: problem.message, problem })
  }
}

interface About {
  readonly writer: ImageWriter
  readonly policy: ImagePolicy
  readonly opened: Opened
  readonly draft: CommitDraft
  readonly rows: readonly ImageRecord[]
  readonly running: string | undefined
  readonly named: readonly Named[]
}

type Cause = Pick<Saying, 'tag' | 'digest' | 'causes' | 'correlationId'>

function sayingOf({ tag, digest, factId, correlationId }: ImageRecord): Cause {
  return { tag, digest, causes: [factId], correlationId }
}

/** What led to a tag: its push, where that is known. */
function causeOf({ name, digest = '' }: KnownTag, rows: readonly ImageRecord[]): Cause {
  const row = rows.find(({ tag }) => tag === name)
  return row ? sayingOf(row) : { tag: name, digest, causes: [], correlationId: '' }
}

function notNamed({ application, source }: ImageWriter, { name, alias }: ImagePolicy, { place }: Opened): Problem {
  const where =
    place.kind === 'manifests'
      ? `no file of ${source.path || '.'} names ${name}`
      : `${application.ref.name} does not run ${name}`
  const next = place.kind === 'manifests' ? 'name it there' : `set ${alias}.force-update`
  return { reason: 'ImageNotNamed', message: `${where}: ${next}, or take it out of the annotation image-list` }
}

function notFollowed(branch: string): Problem {
  const field = 'argocd-image-updater.argoproj.io/git-branch'
  const message = `annotation ${field}: branch "${branch}" is followed by no application, so what it holds is not known: name one that is`
  return { reason: 'BranchNotFollowed', field, message }
}
