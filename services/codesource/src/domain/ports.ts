import type { CommitRecord, RevisionRecord } from '@k8or/contracts'
import type { FileContents, FileState } from './commit/fit'
import type { BranchWish } from './commit/request'
import type { RegistryAccess } from './image/access'
import type { RepositoryAccess } from './repository/access'
import type { FollowedRepository } from './repository/followed'
import type { ProviderId } from './webhook/provider-id'
import type { Candidate } from './revision/target'

/** The time. */
export type Clock = () => Date

/** What a commit says of itself. */
export interface CommitInfo {
  readonly author: string
  readonly subject: string
  /** ISO 8601 with an offset. */
  readonly committedAt: string
}

/** What a target revision was found to be. */
export type Resolution = { readonly commit: string; readonly ref: string } | 'missing' | 'ambiguous'

export interface FetchOptions {
  /** Ask what HEAD points to as well. */
  readonly withHead: boolean
  /** Refs besides branches and tags, by full name. */
  readonly refs: readonly string[]
  readonly signal: AbortSignal
}

/** The local copies of repositories. Failures of the remote side are RepositoryErrors. */
export interface Mirrors {
  fetch(repository: FollowedRepository, options: FetchOptions): Promise<void>
  fetchCommit(repository: FollowedRepository, commit: string, signal: AbortSignal): Promise<void>
  /** The ref that HEAD points to; undefined when it is not known or leads nowhere. */
  head(token: string): string | undefined
  resolve(token: string, candidates: readonly Candidate[]): Promise<Resolution>
  commit(token: string, id: string): Promise<CommitInfo>
}

/** A row of a record of ours; writing needs the number under which it was read, 0 for a new one. */
export interface OwnRow<Value> {
  readonly value: Value
  readonly number: number
}

/** A record that nobody else writes. */
export interface OwnRows<Value> {
  get(key: string): Promise<OwnRow<Value> | undefined>
  /** @throws when somebody else wrote the row since */
  write(key: string, value: Value, number: number): Promise<number>
  delete(key: string): Promise<void>
  list(): Promise<readonly (OwnRow<Value> & { readonly key: string })[]>
}

/** The record of followed revisions. */
export type Revisions = OwnRows<RevisionRecord>
export type RevisionRow = OwnRow<RevisionRecord>

/** What registries know. Failures are RegistryErrors. */
export interface Registry {
  /** The digest that a tag names now; undefined when there is no such tag. `image` is in full, without tag. */
  digestOf(image: string, tag: string, options: { readonly signal: AbortSignal }): Promise<string | undefined>
}

/** What a tag names. */
export interface DescribedTag {
  readonly tag: string
  readonly digest: string
  /** ISO 8601; undefined when nothing says so. */
  readonly createdAt: string | undefined
  /** `os/architecture[/variant]` */
  readonly platforms: readonly string[]
}

/** Credentials of registries. */
export interface RegistryCredentials {
  /** `pullSecret` as the annotation has it; empty for what is declared for the registry. */
  of(registry: string, path: string, pullSecret: string): Promise<RegistryAccess>
}

/** Deliveries that were taken. */
export interface TakenDeliveries {
  /** When a delivery was taken last; undefined when it was not. */
  takenAt(key: string): Promise<Date | undefined>
  remember(key: string, factId: string, at: Date): Promise<void>
}

/** Secrets of webhooks, by provider. */
export interface WebhookSecrets {
  /** `fresh`: as it is now, not as it was half a minute ago. */
  of(provider: ProviderId, options?: { readonly fresh: boolean }): Promise<string | undefined>
}

/** Credentials of repositories. */
export interface Credentials {
  /** `fresh`: as they are now, not as they were half a minute ago; `write`: those to push with. */
  of(url: string, options?: { readonly fresh?: boolean; readonly write?: boolean }): Promise<RepositoryAccess>
}

/** A repository to read or write, as its declaration names it. */
export type NamedRepository = Omit<FollowedRepository, 'targets'>

/** A branch as the mirror has it. */
export interface Branch {
  /** The full ref. */
  readonly ref: string
  /** What the next commit is made on. */
  readonly head: string
  /** The host has no such branch yet. */
  readonly isNew: boolean
}

/** The files of a commit, and a way to the next one. */
export interface Draft {
  /** What each path that was asked for is now. */
  readonly states: ReadonlyMap<string, FileState>
  /** Makes the commit, here and nowhere else; answers its id. */
  write(contents: FileContents, message: string, at: Date): Promise<string>
}

/** Writes to repositories, by way of their mirrors. Failures of the remote side are RepositoryErrors or CommitErrors. */
export interface Writer {
  /** `fresh` asks the host first; otherwise only where the mirror does not know the branch. */
  branch(
    repository: NamedRepository,
    wish: BranchWish,
    options: { readonly fresh: boolean; readonly signal: AbortSignal },
  ): Promise<Branch>
  /** The operations that the recent history of a branch names, with their commits. */
  carriedOut(repository: NamedRepository, branch: Branch, signal: AbortSignal): Promise<ReadonlyMap<string, string>>
  draft(repository: NamedRepository, head: string, paths: readonly string[]): Promise<Draft>
  /** `raced`: the host has another head by now. What is pushed is the head of the branch here, too. */
  push(
    repository: NamedRepository,
    branch: Branch,
    commit: string,
    operations: readonly string[],
    signal: AbortSignal,
  ): Promise<'pushed' | 'raced'>
  /** What a commit of ours says, when its branch has it in the mirror. */
  describe(token: string, ref: string, commit: string, signal: AbortSignal): Promise<CommitSummary | undefined>
}

/** What a commit of ours says of itself. */
export interface CommitSummary {
  readonly message: string
  readonly files: readonly string[]
}

/** The private record of our commits. */
export interface CommitRecords {
  list(): Promise<readonly CommitRecord[]>
  write(record: CommitRecord): Promise<void>
  delete(record: CommitRecord): Promise<void>
}
