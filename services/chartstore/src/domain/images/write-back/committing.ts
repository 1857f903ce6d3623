import type { RevisionRecord } from '@k8or/contracts'
import { CommitRefusedError, type Commits } from '../ports'
import type { DecisionBooks } from './decision-books'
import type { CommitDraft } from './commit-draft'

export interface CommittingParts {
  readonly books: DecisionBooks
  readonly commits: Commits
}

/** Makes one commit of all that was selected for a branch. */
export class Committing {
  constructor(private readonly parts: CommittingParts) {}

  /** Says what was selected, then writes it: who finds the fact without the commit after a crash finds the files as they were. */
  async commit(draft: CommitDraft, { repository, ref }: RevisionRecord): Promise<string | undefined> {
    const causes = await this.saySelected(draft)
    const place = { repositoryUrl: repository.url, branch: ref.replace(/^refs\/heads\//, '') }
    try {
      const commit = await this.parts.commits.commit(draft.commit(place, causes))
      await this.noteWritten(draft, commit)
      return commit
    } catch (error) {
      if (!(error instanceof CommitRefusedError)) throw error
      await this.sayRefused(draft, repository.url, error)
      return undefined
    }
  }

  private async saySelected({ pending }: CommitDraft): Promise<string[]> {
    const ids: string[] = []
    for (const { writer, policy, tag, reason, changes, causes, correlationId } of pending) {
      const about = { tag: tag.name, digest: tag.digest ?? '', causes, correlationId }
      ids.push(
        await this.parts.books.say(writer, policy, { ...about, outcome: 'selected', reason, edits: [...changes] }),
      )
    }
    return ids
  }

  private async noteWritten({ pending }: CommitDraft, commit: string): Promise<void> {
    for (const { writer, policy, tag } of pending)
      await this.parts.books.written(writer, policy, { name: tag.name, digest: tag.digest ?? '' }, commit)
  }

  private async sayRefused({ pending }: CommitDraft, url: string, { message: why }: CommitRefusedError): Promise<void> {
    for (const { writer, policy, tag, causes, correlationId } of pending) {
      const message = `${policy.name}:${tag.name} can not be written to ${url}: ${why}`
      const problem = { reason: 'CommitRefused', message }
      const about = { tag: tag.name, digest: tag.digest ?? '', causes, correlationId }
      await this.parts.books.say(writer, policy, { ...about, outcome: 'failed', reason: message, problem })
    }
  }
}
