import { isOlderVersion, type KubeObject } from '@k8or/kube-objects'
import { toLiveObject, type LiveObject } from './live-object'

/** Tells what an object should look like, for seeing at once whether it does. */
export type Expectation = (application: string, key: string) => string | undefined

interface Entry {
  live: LiveObject
  /** The version in which it left the selection: deleted, or merely without our label. Asking tells which. */
  leftAt: string | undefined
  /** The content, kept only while it is not as expected. */
  body: KubeObject | undefined
}

/** What is known of the managed objects of all clusters: small, and always the newest that was seen. */
export class LiveIndex {
  readonly #clusters = new Map<string, Map<string, Entry>>()
  readonly #byApplication = new Map<string, Set<string>>()

  constructor(private readonly expected: Expectation) {}

  /**
   * Takes in an object as it is now. Answers the applications that should have a look: whose object is not as expected,
   * or to whom it is news.
   */
  take(cluster: string, object: KubeObject): string[] {
    const live = toLiveObject(object)
    const known = this.#entries(cluster).get(live.key)
    if (known && known.live.uid === live.uid && isOlderVersion(live.resourceVersion, known.live.resourceVersion))
      return []
    const leftAt = stillLeft(known, live)
    const wasLeft = known?.leftAt !== undefined
    const isNews = known?.live.uid !== live.uid || known.live.deleting !== live.deleting || wasLeft
    const isExpected = live.projection === this.expected(live.application, live.key) && !live.deleting
    this.#put(cluster, { live, leftAt, body: isExpected ? undefined : object })
    const concerned = [live.application, known?.live.application ?? '']
    return isExpected && !isNews ? [] : [...new Set(concerned)].filter((uid) => uid !== '')
  }

  /** An object left the selection of the watch, in this version where the watch tells it. */
  doubt(cluster: string, key: string, version?: string): string[] {
    const entry = this.#clusters.get(cluster)?.get(key)
    if (!entry) return []
    entry.leftAt = version ?? entry.live.resourceVersion
    return entry.live.application === '' ? [] : [entry.live.application]
  }

  /** All objects of one kind that the watch selects: whatever else was known of the kind is in doubt. */
  takeAll(cluster: string, group: string, kind: string, objects: readonly KubeObject[]): string[] {
    const seen = new Set(objects.map((object) => toLiveObject(object).key))
    const gone = [...this.#entries(cluster).values()].filter(
      ({ live }) => live.ref.group === group && live.ref.kind === kind && !seen.has(live.key),
    )
    const concerned = [
      ...objects.flatMap((object) => this.take(cluster, object)),
      ...gone.flatMap(({ live }) => this.doubt(cluster, live.key)),
    ]
    return [...new Set(concerned)]
  }

  /** The object is known not to exist. */
  forget(cluster: string, key: string): void {
    const entry = this.#clusters.get(cluster)?.get(key)
    if (!entry) return
    this.#clusters.get(cluster)?.delete(key)
    this.#unlink(cluster, entry.live)
  }

  /** Nobody looks at objects of this kind any more: what is known of them ages from now on. */
  forgetKind(cluster: string, group: string, kind: string): void {
    const entries = this.#clusters.get(cluster)
    for (const [key, { live }] of entries ?? [])
      if (live.ref.group === group && live.ref.kind === kind) this.forget(cluster, key)
    if (entries?.size === 0) this.#clusters.delete(cluster)
  }

  find(cluster: string, key: string): LiveObject | undefined {
    return this.#clusters.get(cluster)?.get(key)?.live
  }

  /** The content of an object that is not as expected, where it was seen. */
  bodyOf(cluster: string, key: string): KubeObject | undefined {
    return this.#clusters.get(cluster)?.get(key)?.body
  }

  isUncertain(cluster: string, key: string): boolean {
    return this.#clusters.get(cluster)?.get(key)?.leftAt !== undefined
  }

  /** The objects on a cluster that carry the label of an application. */
  ofApplication(cluster: string, application: string): LiveObject[] {
    const keys = this.#byApplication.get(`${cluster}\n${application}`) ?? []
    return [...keys].flatMap((key) => this.find(cluster, key) ?? [])
  }

  #entries(cluster: string): Map<string, Entry> {
    const known = this.#clusters.get(cluster)
    if (known) return known
    const entries = new Map<string, Entry>()
    this.#clusters.set(cluster, entries)
    return entries
  }

  #put(cluster: string, entry: Entry): void {
    const entries = this.#entries(cluster)
    const before = entries.get(entry.live.key)
    if (before && before.live.application !== entry.live.application) this.#unlink(cluster, before.live)
    entries.set(entry.live.key, entry)
    const group = `${cluster}\n${entry.live.application}`
    const keys = this.#byApplication.get(group) ?? new Set()
    this.#byApplication.set(group, keys.add(entry.live.key))
  }

  #unlink(cluster: string, live: LiveObject): void {
    const group = `${cluster}\n${live.application}`
    const keys = this.#byApplication.get(group)
    keys?.delete(live.key)
    if (keys?.size === 0) this.#byApplication.delete(group)
  }
}

/**
 * Whether an object is still in doubt when this is learnt of it. The answer to an apply may come after the watch told that the
 * object was deleted since: only what is newer than that settles the doubt.
 */
function stillLeft(known: Entry | undefined, live: LiveObject): string | undefined {
  if (known?.leftAt === undefined || known.live.uid !== live.uid) return undefined
  return isOlderVersion(known.leftAt, live.resourceVersion) ? undefined : known.leftAt
}
