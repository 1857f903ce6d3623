import type { Pod } from './pod'
import type { Step } from './next-step'

/** How one step is decided and done. */
export interface PodLife {
  next(pod: Pod): Step | undefined
  /** Does a step; returns the version that the pod has then, where the API server tells it. */
  act(pod: Pod, step: Step): Promise<string | undefined>
}

interface Work {
  pod: Pod
  step: Step
  dueAt: number
  timer?: NodeJS.Timeout
  isActing: boolean
  /** What is older than this was seen before our own last write. */
  since: bigint
}

/** Leads each pod through its life; remembers only pods for which something is still to be done. */
export class PodWorker {
  readonly #works = new Map<string, Work>()
  #stopped = false

  constructor(private readonly life: PodLife) {}

  /** How many pods are under way. */
  get size(): number {
    return this.#works.size
  }

  /** Takes notice of a pod as it is now. */
  observe(pod: Pod): void {
    if (this.#stopped) return
    const work = this.#works.get(pod.metadata.uid)
    if (work && BigInt(pod.metadata.resourceVersion) < work.since) return
    if (work?.isActing) work.pod = pod
    else this.#plan(pod, work)
  }

  /** Forgets a pod that is gone. */
  forget(pod: Pod): void {
    clearTimeout(this.#works.get(pod.metadata.uid)?.timer)
    this.#works.delete(pod.metadata.uid)
  }

  /** Does nothing any more. */
  stop(): void {
    this.#stopped = true
    this.reset()
  }

  /** Forgets everything, for a watch that begins anew with all pods. */
  reset(): void {
    for (const { timer } of this.#works.values()) clearTimeout(timer)
    this.#works.clear()
  }

  #plan(pod: Pod, before: Work | undefined): void {
    const step = this.life.next(pod)
    clearTimeout(before?.timer)
    if (!step) return void this.#works.delete(pod.metadata.uid)
    const dueAt = before && isSame(before.step, step) ? before.dueAt : Date.now() + step.afterMs
    const work: Work = { pod, step, dueAt, isActing: false, since: before?.since ?? 0n }
    this.#works.set(pod.metadata.uid, work)
    const wait = dueAt - Date.now()
    if (wait > 0) work.timer = setTimeout(() => void this.#act(work), wait)
    else void this.#act(work)
  }

  async #act(work: Work): Promise<void> {
    const seen = work.pod
    work.isActing = true
    try {
      const version = await this.life.act(seen, work.step)
      if (version) work.since = BigInt(version)
    } catch {
      // The API server was away or refused: the watch, or this timer, brings the pod back.
      work.timer = setTimeout(() => this.#again(work), 250)
      return
    }
    work.isActing = false
    const isCurrent = work.pod !== seen && BigInt(work.pod.metadata.resourceVersion) >= work.since
    if (isCurrent && this.#works.get(seen.metadata.uid) === work)
      this.#plan(work.pod, { ...work, dueAt: 0, step: done })
  }

  #again(work: Work): void {
    if (this.#works.get(work.pod.metadata.uid) !== work) return
    work.isActing = false
    this.#plan(work.pod, { ...work, dueAt: 0, step: done })
  }
}

const done: Step = { do: 'report', moment: 'succeeded', afterMs: -1 }

function isSame(a: Step, b: Step): boolean {
  return a.do === b.do && a.afterMs === b.afterMs && (a.do !== 'report' || b.do !== 'report' || a.moment === b.moment)
}
