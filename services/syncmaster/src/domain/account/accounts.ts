import type { AppliedRecord, ApplicationRecord } from '@k8or/contracts'
import type { OpenHeal } from '../drift/open-heal'
import type { SyncPointer } from '../sync/sync-pointer'

/** What was done for one application. */
export interface AccountView {
  readonly applied: ReadonlyMap<string, AppliedRecord>
  readonly sync: SyncPointer | undefined
  /** What the other services know of the application. */
  readonly declaration: ApplicationRecord | undefined
  /** The drifts that are being put back, or were when a process was killed. */
  readonly heals: readonly OpenHeal[]
  /** Whether the declaration was announced, too: a crash may come between the two. */
  readonly isAnnounced: boolean
  /** Nothing was ever done for the application. */
  readonly isEmpty: boolean
}

/** The account of an application in the hands of whoever owns its bucket: what is written survives a restart. */
export interface Account extends AccountView {
  remember(key: string, record: AppliedRecord): Promise<void>
  drop(key: string): Promise<void>
  saveSync(pointer: SyncPointer): Promise<void>
  /** Notes why the application is as it is; the same again is not noted twice. */
  noteDecision(decision: string, reason: string, release: number): Promise<void>
  /** These drifts are about to be put back. Resolves when that is stored, or can not be stored at once: a heal does not wait for it. */
  saveHeals(heals: readonly OpenHeal[]): Promise<void>
  /** What there was to tell of these heals is stored; the next note says so. */
  endHeals(told: readonly OpenHeal[]): void
  /** Answers a number that tells this version of the declaration from all others. */
  saveDeclaration(record: ApplicationRecord): Promise<number>
  saveAnnounced(): Promise<void>
  /**
   * The application is gone: takes its declaration away. Answers by what its removal is announced, also when asked again
   * after a crash; undefined when it was never declared.
   */
  leave(): Promise<Leaving | undefined>
}

/** An application that is gone, as far as its removal must be told. */
export type Leaving = Pick<ApplicationRecord, 'ref' | 'token'>

/** The accounts of the applications whose buckets are held here. */
export interface Accounts {
  /** @throws Later when the bucket of the application is not held here */
  open(application: string): Promise<Account>
  /** The account as it is now, for whoever asks: the bucket may be held elsewhere. */
  read(application: string): Promise<AccountView>
  /** What an object of an application should look like: the digest of the fields that are ours. */
  expected(application: string, key: string): string | undefined
  /** Another replica takes over. */
  close(application: string): void
  /** The application is gone, and that was told: so is what is left of its account. */
  remove(application: string): Promise<void>
}
