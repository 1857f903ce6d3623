import type { UpstreamAnswer, UpstreamCall } from '../../domain/ports'
import type { ResourceTarget } from '../../domain/request/kube-request'
import type { ClusterEntry } from '../../domain/routing/clusters'

interface Kind {
  readonly kind: string
  readonly namespaced: boolean
}

const staleAfterMs = 10 * 60_000
const timeoutMs = 10_000

/** Which kind is behind a resource of a path, per cluster: one small call for each group and version, then remembered. */
export class Kinds {
  private readonly known = new Map<string, { readonly kinds: Map<string, Kind>; readonly readAt: number }>()

  constructor(private readonly send: (cluster: ClusterEntry, call: UpstreamCall) => Promise<UpstreamAnswer>) {}

  async find(cluster: ClusterEntry, target: ResourceTarget): Promise<Kind | undefined> {
    const key = `${cluster.name}\n${cluster.server}\n${target.group}/${target.version}`
    const known = this.known.get(key)
    const found = known?.kinds.get(target.plural)
    if (known && found && Date.now() - known.readAt < staleAfterMs) return found
    const kinds = await this.read(cluster, target)
    // What is not served would fill the memory with whatever somebody asks for.
    if (kinds.size > 0) this.known.set(key, { kinds, readAt: Date.now() })
    return kinds.get(target.plural)
  }

  forget(cluster: ClusterEntry): void {
    const prefix = `${cluster.name}\n${cluster.server}\n`
    for (const key of this.known.keys()) if (key.startsWith(prefix)) this.known.delete(key)
  }

  private async read(cluster: ClusterEntry, { group, version }: ResourceTarget): Promise<Map<string, Kind>> {
    const answer = await this.send(cluster, {
      method: 'GET',
      target: group === '' ? `/api/${version}` : `/apis/${group}/${version}`,
      headers: { accept: 'application/json' },
      body: undefined,
      isWatch: false,
      caller: 'accesspoint',
      signal: new AbortController().signal,
      timeoutMs,
    })
    const chunks: Buffer[] = []
    for await (const chunk of answer.body as AsyncIterable<Buffer>) chunks.push(chunk)
    if (answer.status !== 200) return new Map()
    const list = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { resources?: (Kind & { name: string })[] }
    return new Map((list.resources ?? []).map(({ name, kind, namespaced }) => [name, { kind, namespaced }]))
  }
}
