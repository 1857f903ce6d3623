import type { ImageRecord, Problem } from '@k8or/contracts'
import { canonicalImageName, parseImageReference } from '@k8or/contracts'
import type { Clock, Releases } from '../../ports'
import { NotEditableError, type Named, type WantedVersion } from '../edit/edited'
import type { ImagePolicy } from '../policy'
import type { PushedImages } from '../ports'
import { decide, imageGone, type Decision, type Step } from './decide'
import type { DecisionBooks } from './decision-books'
import type { CommitDraft, PendingImage } from './commit-draft'
import { editIn, findIn } from './edit-place'
import type { ImageWriter } from './image-writer'
import { knownTags } from './known-tags'
import { newestOf, pathsOf, type Opened } from './opening'
import type { RegistryViews } from './registry-views'
import { causeOf, causeOfPush, notNamed, sayFailed } from './sayings'

export interface ConsideringParts {
  readonly books: DecisionBooks
  readonly releases: Releases
  readonly pushed: PushedImages
  readonly registries: RegistryViews
  readonly clock: Clock
}

/** One image of one application, with what is known of it. */
interface Considered {
  readonly writer: ImageWriter
  readonly policy: ImagePolicy
  readonly opened: Opened
  readonly draft: CommitDraft
  readonly rows: readonly ImageRecord[]
  /** What the newest release runs of it, as it is written there. */
  readonly running: string | undefined
}

/** Considers the images of one application: what is wanted of each is said, and drafted where it is to be written. */
export class Considering {
  constructor(private readonly parts: ConsideringParts) {}

  /** Every image of an application whose files are open. */
  async all(writer: ImageWriter, opened: Opened | { problem: Problem }, draft: CommitDraft): Promise<Step[]> {
    const steps: Step[] = []
    for (const policy of writer.policies.images) {
      const problem = policy.problems[0] ?? ('problem' in opened ? opened.problem : undefined)
      if (problem) await sayFailed(this.parts.books, writer, policy, problem)
      else if ('place' in opened) steps.push(await this.one(await this.look(writer, policy, opened, draft)))
    }
    return steps
  }

  private async look(
    writer: ImageWriter,
    policy: ImagePolicy,
    opened: Opened,
    draft: CommitDraft,
  ): Promise<Considered> {
    const rows = await this.parts.pushed.of(policy.token)
    const release = await this.parts.releases.latest(writer.application.ref.uid)
    const isIt = (image: string) => canonicalImageName(parseImageReference(image)?.name ?? '') === policy.name
    return { writer, policy, opened, draft, rows, running: release?.images.find(isIt) }
  }

  private async one(about: Considered): Promise<Step> {
    const { writer, policy, rows } = about
    const { books } = this.parts
    try {
      const named = findAll(about)
      const decision = this.decide(about, named)
      await this.sayGone(about, decision)
      await this.sayRefusals(about, decision)
      await this.sayReturned(about, decision)
      await this.take(decision.step, about, named)
      await books.judged(writer, policy, decision.judgedUntil)
      return decision.step
    } catch (error) {
      if (!(error instanceof NotEditableError)) throw error
      await sayFailed(books, writer, policy, error.problem, newestOf(rows))
      return { kind: 'nothing', isAsWanted: false }
    }
  }

  private decide({ writer, policy, opened, rows, running }: Considered, named: readonly Named[]): Decision {
    const { books, registries, clock } = this.parts
    const view = registries.of(policy)
    return decide({
      ...{ application: writer.application, policy, named, running },
      ...{ tags: knownTags(rows, view), pushed: rows, record: books.of(writer, policy) },
      isComplete: view !== undefined,
      isUpToDate: view !== undefined && view.askedAt > opened.observedAt,
      now: clock.now(),
    })
  }

  private async sayGone({ writer, policy, rows }: Considered, { gone }: Decision): Promise<void> {
    for (const { tag, reason } of gone) {
      const problem = { reason: imageGone, message: reason }
      await this.parts.books.say(writer, policy, { ...causeOf(tag, rows), outcome: 'failed', reason, problem })
    }
  }

  private async sayRefusals({ writer, policy }: Considered, { refusals }: Decision): Promise<void> {
    for (const { row, reason } of refusals) {
      const problem = { reason: 'ImageRefused', message: reason }
      await this.parts.books.say(writer, policy, { ...causeOfPush(row), outcome: 'refused', reason, problem })
    }
  }

  /** What is written, held or awaited next says more than that the tag is back. */
  private async sayReturned({ writer, policy, rows }: Considered, { returned, step }: Decision): Promise<void> {
    if (!returned || step.kind === 'wait') return
    const { tag, reason } = returned
    await this.parts.books.forgetSaid(writer, policy)
    if (step.kind === 'nothing')
      await this.parts.books.say(writer, policy, { ...causeOf(tag, rows), outcome: 'selected', reason })
  }

  private async take(step: Step, about: Considered, named: readonly Named[]): Promise<void> {
    const { writer, policy, rows } = about
    const { books } = this.parts
    if (step.kind === 'nothing' && step.isAsWanted) await books.seen(writer, policy)
    if (step.kind === 'hold')
      await books.say(writer, policy, { ...causeOf(step.tag, rows), outcome: 'held', reason: step.reason })
    if (step.kind === 'write') await this.draftEdits(step, about, named)
  }

  private async draftEdits(step: Step & { kind: 'write' }, about: Considered, named: readonly Named[]): Promise<void> {
    const { writer, policy, opened, draft, rows } = about
    if (named.length === 0 && !(await this.mayAdd(about))) {
      await sayFailed(this.parts.books, writer, policy, notNamed(writer, policy, opened), newestOf(rows))
      return
    }
    const changes = editAll(about, step.version)
    if (changes.length === 0) return
    const { causes, correlationId } = causeOf(step.tag, rows)
    draft.add({ writer, policy, tag: step.tag, reason: step.reason, changes, causes, correlationId })
  }

  /** What is not named yet is added where that has an effect: the application runs the image, or is told to. */
  private async mayAdd({ writer, policy, opened: { place }, running }: Considered): Promise<boolean> {
    if (place.kind === 'manifests') return false
    const release = await this.parts.releases.latest(writer.application.ref.uid)
    return policy.isForced || running !== undefined || !release || release.release === 0
  }
}

/** Where the files name an image, with the edits so far. */
function findAll({ opened, policy, running, draft }: Considered): Named[] {
  return pathsOf(opened).flatMap(({ path, file }) => findIn(opened.place, draft.open(path, file), policy, running))
}

function editAll(
  { opened, policy, running, draft }: Considered,
  version: WantedVersion,
): PendingImage['changes'][number][] {
  const edited = pathsOf(opened).map(({ path, file }) => ({
    path,
    ...editIn(opened.place, draft.open(path, file), policy, { running, version }),
  }))
  for (const { path, text } of edited) draft.edit(path, text)
  return edited.flatMap(({ path, changes }) => changes.map((change) => ({ ...change, file: path })))
}
