import { managedMarks, bucketCount } from '@k8or/contracts'
import { KubeError, type Clusters } from '@k8or/cluster-client'
import { keyOf, refOf, type KindRef } from '@k8or/kube-objects'
import { describeError } from '@k8or/outcome'
import type { Logger } from '@k8or/telemetry'
import type { LiveIndex } from '../../domain/drift/live-index'
import type { Live } from '../../domain/ports'

const knownWithinMs = 3000
const narrowAfterMs = 10_000

interface KindWatch {
  readonly cluster: string
  readonly kind: KindRef
  ending: AbortController
  isKnown: boolean
  trouble: string | undefined
  troubledAt: number | undefined
  usedAt: number
  readonly waiting: Set<() => void>
}

/** Watches the managed objects of every kind in use, on every cluster in use. */
export class LiveWatches implements Live {
  readonly #watches = new Map<string, KindWatch>()
  /** The buckets whose objects are selected; undefined selects all. */
  #selection: ReadonlySet<number> | undefined
  #narrowing: NodeJS.Timeout | undefined

  constructor(
    readonly index: LiveIndex,
    private readonly clusters: Clusters,
    private readonly onNews: (application: string) => void,
    /** What could not be seen of a cluster can be seen again. */
    private readonly onStanding: (cluster: string) => void,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * These buckets are held from now on. What is selected always covers them: an object that is not selected would look
   * like one that was deleted. It narrows later, when the buckets have come to rest.
   */
  cover(buckets: readonly number[]): void {
    clearTimeout(this.#narrowing)
    if (this.#selection && buckets.some((bucket) => !this.#selection?.has(bucket))) this.#select(undefined)
    if (buckets.length === 0 || buckets.length === bucketCount) return
    this.#narrowing = setTimeout(() => this.#select(new Set(buckets)), narrowAfterMs)
    this.#narrowing.unref()
  }

  #select(selection: ReadonlySet<number> | undefined): void {
    if (this.signal.aborted) return
    this.#selection = selection
    for (const watch of this.#watches.values()) this.#begin(watch)
  }

  #selector(): string {
    const { bucket } = managedMarks
    return this.#selection ? `${bucket} in (${[...this.#selection].sort((a, b) => a - b).join(',')})` : bucket
  }

  watch(cluster: string, kinds: readonly KindRef[]): void {
    for (const kind of kinds) this.#ensure(cluster, kind)
  }

  kinds(cluster: string): readonly KindRef[] {
    return [...this.#watches.values()].filter((watch) => watch.cluster === cluster).map(({ kind }) => kind)
  }

  async known(cluster: string, kinds: readonly KindRef[], signal: AbortSignal): Promise<string | undefined> {
    const watches = kinds.map((kind) => this.#ensure(cluster, kind))
    await Promise.all(watches.map((watch) => settled(watch, AbortSignal.any([signal, this.signal]))))
    const blind = watches.find((watch) => !watch.isKnown || watch.trouble !== undefined)
    if (!blind) return undefined
    return blind.trouble ?? `the list of ${blind.kind.kind} takes longer than ${knownWithinMs / 1000} s`
  }

  /** Ends the watches that no look at any application has used for so long. */
  endUnused(unusedMs: number): void {
    this.#end((watch) => performance.now() - watch.usedAt > unusedMs)
  }

  /** The cluster is none of the mesh any more. */
  retire(cluster: string): void {
    this.#end((watch) => watch.cluster === cluster)
  }

  #end(isOver: (watch: KindWatch) => boolean): void {
    for (const [name, watch] of this.#watches) {
      if (!isOver(watch)) continue
      watch.ending.abort()
      this.#watches.delete(name)
      this.index.forgetKind(watch.cluster, watch.kind.group, watch.kind.kind)
      for (const wake of watch.waiting) wake()
    }
  }

  #ensure(cluster: string, kind: KindRef): KindWatch {
    const name = `${cluster} ${kind.group}/${kind.kind}`
    const known = this.#watches.get(name)
    if (known) {
      known.usedAt = performance.now()
      return known
    }
    const ending = new AbortController()
    const state = { isKnown: false, trouble: undefined, troubledAt: undefined, usedAt: performance.now() }
    const watch = { cluster, kind, ending, ...state, waiting: new Set<() => void>() }
    this.#watches.set(name, watch)
    this.#begin(watch)
    return watch
  }

  #begin(watch: KindWatch): void {
    watch.ending.abort()
    watch.ending = new AbortController()
    watch.isKnown = false
    const { cluster, kind } = watch
    this.clusters.watch(cluster, kind, {
      signal: AbortSignal.any([this.signal, watch.ending.signal]),
      labelSelector: this.#selector(),
      onSnapshot: (objects) => {
        this.#tell(this.index.takeAll(cluster, kind.group, kind.kind, objects))
        this.#stand(watch)
      },
      onEvent: (type, object) => {
        const isGone = type === 'DELETED'
        const ref = refOf(object)
        const { resourceVersion } = object.metadata
        this.#tell(isGone ? this.index.doubt(cluster, keyOf(ref), resourceVersion) : this.index.take(cluster, object))
      },
      onTrouble: (error) => this.#onTrouble(watch, error),
    })
  }

  #onTrouble(watch: KindWatch, error: Error | null): void {
    if (error instanceof KubeError && error.reason === 'KindNotServed') {
      // A kind that is not served has no objects; when its definition comes, the watch will stand.
      this.#tell(this.index.takeAll(watch.cluster, watch.kind.group, watch.kind.kind, []))
      this.#stand(watch)
      return
    }
    if (error && watch.trouble === undefined)
      this.log.warn(
        { cluster: watch.cluster, kind: watch.kind.kind, err: error },
        'a watch of managed objects is broken',
      )
    if (!error) {
      if (watch.isKnown) this.#stand(watch)
      return
    }
    watch.trouble = describeError(error)
    watch.troubledAt ??= performance.now()
  }

  #stand(watch: KindWatch): void {
    const isBack = watch.trouble !== undefined
    watch.isKnown = true
    watch.trouble = undefined
    watch.troubledAt = undefined
    for (const wake of watch.waiting) wake()
    if (isBack) this.onStanding(watch.cluster)
  }

  #tell(applications: readonly string[]): void {
    for (const application of applications) this.onNews(application)
  }
}

/** Waits until the watch stands, as long as that is likely: a connection that broke a moment ago comes back soon. */
function settled(watch: KindWatch, signal: AbortSignal): Promise<void> {
  if (watch.isKnown && watch.trouble === undefined) return Promise.resolve()
  const waitMs = knownWithinMs - (watch.troubledAt === undefined ? 0 : performance.now() - watch.troubledAt)
  if (waitMs <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      watch.waiting.delete(wake)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, waitMs)
    watch.waiting.add(wake)
    signal.addEventListener('abort', wake, { once: true })
  })
}
