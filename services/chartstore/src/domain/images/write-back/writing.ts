import type { RevisionRecord } from '@k8or/contracts'
import type { ApplicationIndex } from '../../applications/application-index'
import type { Revisions } from '../../ports'
import { Committing, type CommittingParts } from './committing'
import { Considering, type ConsideringParts } from './considering'
import { CommitDraft } from './commit-draft'
import { writerOf, type ImageWriter } from './image-writer'
import { Opening, type OpeningParts } from './opening'
import { notFollowed, sayFailed } from './sayings'

export interface WritingParts extends OpeningParts, ConsideringParts, CommittingParts {
  readonly applications: ApplicationIndex
  readonly revisions: Revisions
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
  private readonly considering: Considering
  private readonly committing: Committing

  constructor(private readonly parts: WritingParts) {
    this.opening = new Opening(parts)
    this.considering = new Considering(parts)
    this.committing = new Committing(parts)
  }

  async look(key: string, signal: AbortSignal): Promise<Looked> {
    const writers = this.writersOf(key)
    const revision = writers.length === 0 ? undefined : await this.parts.revisions.get(key)
    if (!revision) await this.sayUnfollowed(writers)
    if (!revision?.followed || revision.problem) return { isWaiting: false, commit: undefined }
    const draft = new CommitDraft()
    const isWaiting = await this.considerChanged(writers, revision, draft, signal)
    return { isWaiting, commit: draft.files().length === 0 ? undefined : await this.committing.commit(draft, revision) }
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

  /** What an application follows itself will be observed; a branch that an annotation names may never be. */
  private async sayUnfollowed(writers: readonly ImageWriter[]): Promise<void> {
    for (const writer of writers) {
      const { branch } = writer.policies.writeBack
      for (const policy of branch === '' ? [] : writer.policies.images)
        await sayFailed(this.parts.books, writer, policy, notFollowed(branch))
    }
  }

  /** Answers whether one of them waits for a commit of ours. */
  private async considerChanged(
    writers: readonly ImageWriter[],
    revision: RevisionRecord,
    draft: CommitDraft,
    signal: AbortSignal,
  ): Promise<boolean> {
    let isWaiting = false
    for (const signed of await this.opening.changedOf(writers, revision)) {
      signal.throwIfAborted()
      const opened = await this.opening.open(signed.writer, revision)
      const steps = await this.considering.all(signed.writer, opened, draft)
      if (!steps.some(({ kind }) => kind === 'wait' || kind === 'write')) this.opening.settle(signed)
      isWaiting ||= steps.some(({ kind }) => kind === 'wait')
    }
    return isWaiting
  }
}
