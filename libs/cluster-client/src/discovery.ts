import { joinApiVersion, splitApiVersion } from '@k8or/kube-objects'
import { Later } from '@k8or/outcome'
import type { ApiResource, CallOptions } from './clusters'
import type { KubeCalls } from './kube-calls'
import type { Subject } from './kube-error'
import { versionPath } from './resource-paths'

const aggregated =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'
const askedAgainAfterMs = 1_000
const staleAfterMs = 10 * 60_000
const ownTimeoutMs = 20_000

type Limits = Pick<CallOptions, 'signal' | 'timeoutMs'>

interface AggregatedList {
  readonly kind?: string
  readonly items?: readonly {
    readonly metadata: { readonly name?: string }
    readonly versions?: readonly {
      readonly version: string
      readonly resources?: readonly {
        readonly resource: string
        readonly responseKind?: { readonly kind: string }
        readonly scope: string
        readonly verbs?: readonly string[]
      }[]
    }[]
  }[]
}

/** What one cluster serves: every version of every group, preferred versions first. */
class Catalog {
  private readonly byKind = new Map<string, ApiResource>()
  readonly preferred: ApiResource[]

  constructor(
    resources: readonly ApiResource[],
    readonly readAt: number,
  ) {
    const first = new Map<string, ApiResource>()
    for (const resource of resources) {
      const named = `${resource.group}/${resource.plural}`
      if (!first.has(named)) first.set(named, resource)
      const kind = kindKey(resource)
      if (!this.byKind.has(kind)) this.byKind.set(kind, resource)
    }
    this.preferred = [...first.values()]
  }

  find(kind: Pick<ApiResource, 'group' | 'version' | 'kind'>): ApiResource | undefined {
    return this.byKind.get(kindKey(kind))
  }
}

/** Knows what each cluster serves; asks once, and again when a kind is unknown or the answer has become old. */
export class Discovery {
  private readonly catalogs = new Map<string, Catalog>()
  private readonly reading = new Map<string, Promise<Catalog>>()

  constructor(
    private readonly calls: KubeCalls,
    private readonly now: () => number,
  ) {}

  async find(
    cluster: string,
    kind: Pick<ApiResource, 'group' | 'version' | 'kind'>,
    limits: Limits,
  ): Promise<ApiResource | undefined> {
    const known = await this.catalog(cluster, limits)
    const found = known.find(kind)
    if (found || this.now() - known.readAt < askedAgainAfterMs) return found
    return (await this.awaited(cluster, limits)).find(kind)
  }

  async preferred(cluster: string, limits: Limits): Promise<ApiResource[]> {
    return (await this.catalog(cluster, limits)).preferred
  }

  /** The path of a kind was not there: what is known is wrong. */
  forget(cluster: string): void {
    this.catalogs.delete(cluster)
  }

  private async catalog(cluster: string, limits: Limits): Promise<Catalog> {
    const known = this.catalogs.get(cluster)
    if (!known) return this.awaited(cluster, limits)
    if (this.now() - known.readAt > staleAfterMs) this.read(cluster).catch(() => undefined)
    return known
  }

  /** Who waits does so by its own deadline; what it waits for is shared, and goes on. */
  private async awaited(cluster: string, { signal, timeoutMs = ownTimeoutMs }: Limits): Promise<Catalog> {
    signal.throwIfAborted()
    const reading = this.read(cluster)
    const ended = Promise.withResolvers<never>()
    const abort = (): void => ended.reject(signal.reason)
    const late = `discover API resources on cluster ${cluster}: no answer within ${timeoutMs} ms`
    const timer = setTimeout(() => ended.reject(new Later(late)), timeoutMs)
    signal.addEventListener('abort', abort)
    try {
      return await Promise.race([reading, ended.promise])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  }

  private read(cluster: string): Promise<Catalog> {
    const running = this.reading.get(cluster)
    if (running) return running
    const reading = this.ask(cluster)
      .then((resources) => {
        const catalog = new Catalog(resources, this.now())
        this.catalogs.set(cluster, catalog)
        return catalog
      })
      .finally(() => this.reading.delete(cluster))
    this.reading.set(cluster, reading)
    return reading
  }

  /** Shared by all who wait for it: its own deadline ends it, not the signal of whoever asked first. */
  private async ask(cluster: string): Promise<ApiResource[]> {
    const signal = AbortSignal.timeout(ownTimeoutMs)
    const lists = await Promise.all([this.list(cluster, '/api', signal), this.list(cluster, '/apis', signal)])
    return lists.flat()
  }

  private async list(cluster: string, path: '/api' | '/apis', signal: AbortSignal): Promise<ApiResource[]> {
    const subject = discoverySubject(cluster)
    const call = { method: 'GET' as const, path, headers: { accept: aggregated }, signal, timeoutMs: ownTimeoutMs }
    const answer = await this.calls.expect<AggregatedList>(subject, call)
    if (answer.kind === 'APIGroupDiscoveryList') return fromAggregated(answer)
    return (await Promise.all(versionsOf(answer).map((version) => this.oneVersion(cluster, version, signal)))).flat()
  }

  /** For servers without aggregated discovery. A group whose extension server is down is left out. */
  private async oneVersion(cluster: string, groupVersion: string, signal: AbortSignal): Promise<ApiResource[]> {
    const { group, version } = splitApiVersion(groupVersion)
    const call = { method: 'GET' as const, path: versionPath({ group, version }), signal, timeoutMs: ownTimeoutMs }
    const answer = await this.calls
      .expect<{ resources: (ApiResource & { name: string })[] }>(discoverySubject(cluster), call)
      .catch(() => ({ resources: [] }))
    return answer.resources
      .filter((one) => !one.name.includes('/'))
      .map(({ name, kind, namespaced, verbs }) => ({ group, version, kind, plural: name, namespaced, verbs }))
  }
}

function fromAggregated(list: AggregatedList): ApiResource[] {
  return (list.items ?? []).flatMap((item) =>
    (item.versions ?? []).flatMap((version) =>
      (version.resources ?? []).map((one) => ({
        group: item.metadata.name ?? '',
        version: version.version,
        kind: one.responseKind?.kind ?? '',
        plural: one.resource,
        namespaced: one.scope === 'Namespaced',
        verbs: one.verbs ?? [],
      })),
    ),
  )
}

function versionsOf(answer: unknown): string[] {
  const { versions, groups } = answer as {
    versions?: string[]
    groups?: { versions: { groupVersion: string }[]; preferredVersion?: { groupVersion: string } }[]
  }
  const preferredFirst = (groups ?? []).flatMap((group) => [
    ...(group.preferredVersion ? [group.preferredVersion.groupVersion] : []),
    ...group.versions.map((version) => version.groupVersion),
  ])
  return [...new Set([...(versions ?? []), ...preferredFirst])]
}

function kindKey(kind: Pick<ApiResource, 'group' | 'version' | 'kind'>): string {
  return `${joinApiVersion(kind)}/${kind.kind}`
}

function discoverySubject(cluster: string): Subject {
  return { verb: 'discover', cluster, ref: { group: '', version: '', kind: 'API resource', namespace: '', name: '*' } }
}
