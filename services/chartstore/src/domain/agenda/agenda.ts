import type { Marks } from '@k8or/outcome'
import type { ApplicationIndex, DeclaredApplication } from '../applications/application-index'
import type { Considering } from '../release/consider'
import type { Retention, Swept } from '../retention/retention'
import { Advancing } from './advancing'
import { keyOf, type Task } from './task'

/** When what is not urgent is looked at. */
export interface Pace {
  /** After it, applications that a push did not touch learn the name of its commit. */
  readonly advanceMs: number
  readonly retentionMs: number
}

const firstSweepMs = 60_000

/** Decides what there is to look at after something happened, and looks. */
export class Agenda {
  readonly #advancing: Advancing
  /** Who waits for a look at an application, and whether it is to be rendered in any case. */
  readonly #wishes = new Map<string, { isHard: boolean; readonly done: (() => void)[] }>()

  constructor(
    private readonly index: ApplicationIndex,
    private readonly considering: Considering,
    private readonly retention: Retention,
    private readonly marks: Marks,
    private readonly pace: Pace,
  ) {
    this.#advancing = new Advancing(marks, pace.advanceMs)
  }

  /** Everything that is known is looked at now. */
  async begin(): Promise<void> {
    for (const uid of this.index.uids()) this.considerSoon(uid)
    await this.sweepIn(Math.min(firstSweepMs, this.pace.retentionMs))
  }

  /** The index is told before REVISIONS is read: whichever of declaration and revision comes last sees the other. */
  declared(declared: DeclaredApplication): void {
    const { ref, refresh } = declared.record
    // What was asked for before the start was seen to by the start.
    const isHard = refresh.startsWith('hard@') && this.index.get(ref.uid)?.record.refresh !== refresh
    this.index.put(declared)
    if (isHard) this.wishFor(ref.uid).isHard = true
    this.considerSoon(ref.uid)
  }

  removed(uid: string): void {
    this.index.remove(uid)
  }

  revised(key: string): void {
    this.marks.mark(keyOf({ kind: 'revision', key }))
  }

  /** An application that is no longer declared is looked at for what is stored of it. */
  async application(uid: string): Promise<void> {
    const wish = this.#wishes.get(uid)
    this.#wishes.delete(uid)
    try {
      if (this.index.get(uid)) await this.considering.application(uid, wish?.isHard)
      else await this.retention.forget(uid)
    } finally {
      // One that failed has said so in the record, or is tried again: whoever waits sees what there is.
      for (const done of wish?.done ?? []) done()
    }
  }

  /** Somebody wants an application to be looked at, and to know when that is done; false when it is not declared. */
  refresh(uid: string, isHard: boolean, done: () => void): boolean {
    if (!this.index.get(uid)) return false
    const wish = this.wishFor(uid)
    wish.isHard ||= isHard
    wish.done.push(done)
    this.considerSoon(uid)
    return true
  }

  /** Applications whose trees are new at once; the others only learn the commit's name, some time later. */
  async revision(key: string): Promise<void> {
    const touched = await this.considering.touchedBy(key)
    for (const uid of touched) this.considerSoon(uid)
    const followers = this.index.followers(key).map(({ record }) => record.ref.uid)
    if (touched.length < followers.length) await this.#advancing.moved(key, followers)
  }

  async advance(key: string): Promise<void> {
    for (const uid of await this.#advancing.step(key)) this.considerSoon(uid)
  }

  /** Removes what nobody needs; the next sweep is announced first, so that one that fails is not the last. */
  async sweep(signal: AbortSignal): Promise<Swept> {
    await this.sweepIn(this.pace.retentionMs)
    const swept = await this.retention.sweep(signal)
    for (const uid of swept.gone) this.considerSoon(uid)
    return swept
  }

  private wishFor(uid: string) {
    const wish = this.#wishes.get(uid) ?? { isHard: false, done: [] }
    this.#wishes.set(uid, wish)
    return wish
  }

  private considerSoon(uid: string): void {
    this.marks.mark(keyOf({ kind: 'application', uid }))
  }

  private async sweepIn(delayMs: number): Promise<void> {
    const task: Task = { kind: 'retention' }
    await this.marks.later(keyOf(task), delayMs, task.kind)
  }
}
