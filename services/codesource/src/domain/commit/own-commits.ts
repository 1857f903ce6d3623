import { commitPushed, type Announcer, type CommitPushed, type CommitRecord, type FactDraft } from '@k8or/contracts'
import type { Clock, CommitRecords, CommitSummary, Writer } from '../ports'
import type { Origin } from '../revision/hints'
import { readTrailers, subjectOf } from './message'

const keptUnseenMs = 3_600_000

export interface OwnCommitsParts {
  readonly records: CommitRecords
  readonly writer: Pick<Writer, 'describe'>
  readonly announcer: Announcer<'codesource'>
  readonly clock: Clock
}

/** The commits that the mesh made itself, so that it knows them when they come back. */
export class OwnCommits {
  private readonly known = new Map<string, CommitRecord>()

  constructor(private readonly parts: OwnCommitsParts) {}

  async load(): Promise<void> {
    for (const record of await this.parts.records.list()) this.known.set(keyOf(record), record)
  }

  /** Before the push: killed after it, the commit is recognised where it is found. */
  async remember(record: CommitRecord): Promise<void> {
    await this.parts.records.write(record)
    this.known.set(keyOf(record), record)
  }

  /** The push did not succeed. */
  async forget(record: CommitRecord): Promise<void> {
    this.known.delete(keyOf(record))
    await this.parts.records.delete(record)
  }

  /** Whether a commit is ours. */
  has(token: string, commit: string): boolean {
    return this.known.has(`${token}.${commit}`)
  }

  /** Where the observation of a commit of ours comes from; undefined for those of others. */
  originOf(token: string, commit: string): Origin | undefined {
    const record = this.known.get(`${token}.${commit}`)
    return record && { via: 'commit', causes: [factIdOf(record)], correlationId: record.correlationId }
  }

  /** Announces a commit that was pushed. The same again is the same fact. */
  async announce(record: CommitRecord, summary: CommitSummary): Promise<{ readonly factId: string }> {
    const draft = pushedFact(record, summary)
    await this.parts.announcer.publish(commitPushed, draft)
    await this.remember({ ...record, announced: true })
    return { factId: draft.id }
  }

  /** Announces what was pushed and left unsaid; what never came to its branch is forgotten after a while. */
  async settle(token: string, signal: AbortSignal): Promise<void> {
    const { writer, clock } = this.parts
    const unsaid = [...this.known.values()].filter((one) => !one.announced && one.repository.token === token)
    for (const record of unsaid) {
      const summary = await writer.describe(token, record.ref, record.commit, signal)
      if (summary) await this.announce(record, summary)
      else if (clock().getTime() - Date.parse(record.at) > keptUnseenMs) await this.forget(record)
    }
  }
}

function pushedFact(record: CommitRecord, { message, files }: CommitSummary): FactDraft<CommitPushed> {
  const { repository, ref, commit, previous, lostRaces, actor, correlationId, at } = record
  const { operations, causes } = readTrailers(message)
  const branch = ref.replace(/^refs\/heads\//, '')
  const subject = subjectOf(message)
  const data = { repository, branch, commit, previous, subject, files: [...files], operations, lostRaces }
  return { id: factIdOf(record), token: repository.token, time: new Date(at), data, causes, correlationId, actor }
}

function factIdOf({ repository, commit }: CommitRecord): string {
  return `commit.pushed/${repository.token}/${commit}`
}

function keyOf({ repository, commit }: CommitRecord): string {
  return `${repository.token}.${commit}`
}
