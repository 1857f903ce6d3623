import type { ApplicationRecord } from '@k8or/contracts'
import type { Row } from '@k8or/jetstream'
import type { Jobs } from '@k8or/jobs'
import { currentTraceparent, withSpan, withTraceparent } from '@k8or/telemetry'
import type { ApplicationIndex, DeclaredApplication } from '../domain/applications/application-index'
import type { Considering } from '../domain/release/consider'
import type { Signals } from '../signals'

const application = 'application/'
const revision = 'revision/'
const advance = 'advance/'

/** Turns what happened into keys to look at, and keys into looks. */
export class Work {
  #jobs: Jobs | undefined
  /** The trace that each key was marked in. */
  readonly #traces = new Map<string, string>()
  /** Revisions whose name is to be passed on; a wait must not begin anew with each push. */
  readonly #advancing = new Set<string>()

  constructor(
    private readonly index: ApplicationIndex,
    private readonly considering: Considering,
    private readonly signals: Signals,
    private readonly advanceIntervalMs: number,
  ) {}

  /** Begins to take keys: those that came before are looked at now. */
  begin(jobs: Jobs): void {
    this.#jobs = jobs
    for (const uid of this.index.uids()) this.considerSoon(uid)
  }

  /** The index is told before REVISIONS is read: whichever of declaration and revision comes last sees the other. */
  declared(declared: DeclaredApplication): void {
    this.index.put(declared)
    this.considerSoon(declared.record.ref.uid)
  }

  /** An application as the record has it, without the fact that declared it. */
  known({ value, revision }: Row<ApplicationRecord>): void {
    this.index.put({ record: value, revision, factId: '', correlationId: '' })
  }

  removed(uid: string): void {
    this.index.remove(uid)
  }

  revised(key: string): void {
    this.mark(`${revision}${key}`)
  }

  considerSoon(uid: string): void {
    this.mark(`${application}${uid}`)
  }

  /** Looks at one key, in the trace of whoever asked for it. */
  handle(key: string): Promise<void> {
    const trace = this.#traces.get(key)
    this.#traces.delete(key)
    return withTraceparent(trace, () => this.look(key))
  }

  private look(key: string): Promise<void> {
    const [kind = '', name = ''] = /^([a-z]+\/)(.*)$/.exec(key)?.slice(1) ?? []
    if (kind === application)
      return withSpan('consider application', { 'k8or.application': name }, () =>
        this.signals.considered(() => this.considering.application(name)),
      )
    if (kind === revision)
      return withSpan('find touched applications', { 'k8or.revision': name }, () => this.followRevision(name))
    this.#advancing.delete(name)
    for (const { record } of this.index.followers(name)) this.considerSoon(record.ref.uid)
    return Promise.resolve()
  }

  private mark(key: string): void {
    const trace = currentTraceparent()
    if (trace !== undefined) this.#traces.set(key, trace)
    this.#jobs?.mark(key)
  }

  /** Applications whose trees are new at once; the others only learn the commit's name, some time later. */
  private async followRevision(key: string): Promise<void> {
    const touched = await this.considering.touchedBy(key)
    for (const uid of touched) this.considerSoon(uid)
    if (touched.length === this.index.followers(key).length || this.#advancing.has(key)) return
    this.#advancing.add(key)
    await this.#jobs?.later(`${advance}${key}`, this.advanceIntervalMs, 'advance')
  }
}
