import type { ImageDecisionRecord, ImageRecord } from '@k8or/contracts'
import type { KnownTag } from './known-tag'

/** What was pushed lately, from CodeSource's record. */
export interface PushedImages {
  of(imageToken: string): Promise<readonly ImageRecord[]>
}

/** What a registry said of an image. */
export interface RegistryView {
  readonly tags: readonly KnownTag[]
  /** When it was asked: what was pushed before and is not among the tags is gone. */
  readonly askedAt: string
  /** When it was asked what a tag names. */
  readonly describedAt: ReadonlyMap<string, string>
}

/** The registries, asked through CodeSource. */
export interface Registry {
  list(image: string, pullSecret: string): Promise<readonly string[]>
  describe(image: string, tags: readonly string[], pullSecret: string): Promise<readonly KnownTag[]>
}

/** What policies decided last. */
export interface ImageDecisions {
  get(uid: string, alias: string): ImageDecisionRecord | undefined
  put(record: ImageDecisionRecord): Promise<void>
  /** Those whose fact may never have been stored. */
  unsaid(): readonly ImageDecisionRecord[]
  /** The applications that something is remembered of. */
  uids(): readonly string[]
  forget(uid: string): Promise<void>
}

/** A file as it shall be. */
export interface FileToCommit {
  readonly path: string
  readonly baseId: string
  readonly content: Uint8Array
}

export interface CommitToMake {
  readonly repositoryUrl: string
  readonly branch: string
  readonly files: readonly FileToCommit[]
  readonly message: string
  readonly operation: string
  readonly causes: readonly string[]
  readonly correlationId: string
}

/** Writing to git, through CodeSource. */
export interface Commits {
  /**
   * @throws CommitRefusedError when asking again would not help
   * @throws Later when a file changed in between, or the host does not answer
   */
  commit(wish: CommitToMake): Promise<string>
}

/** A commit that is not made, whatever is tried. */
export class CommitRefusedError extends Error {
  override readonly name = 'CommitRefusedError'
}
