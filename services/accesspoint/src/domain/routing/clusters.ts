import { hubCluster } from '@k8or/contracts'

/** A cluster as the rules see it: no credentials. */
export interface ClusterEntry {
  readonly name: string
  readonly server: string
  readonly labels: Readonly<Record<string, string>>
  /** When not empty, the mesh manages these namespaces only. */
  readonly namespaces: readonly string[]
  /** With `namespaces`: whether it manages cluster-scoped objects too. */
  readonly clusterResources: boolean
  /** The project that the cluster belongs to; empty when it is for all. */
  readonly project: string
  /** Whether the mesh itself is declared on it, under this or under another name. */
  readonly isHub: boolean
}

/** That a cluster does not answer: why, and what to do. */
export function describeUnreachable({ name, isHub }: ClusterEntry, reason: string, since?: string): string {
  const nextStep = isHub ? 'check that it runs' : 'check that it runs, and server and config in its Secret'
  return `cluster ${name} does not answer${since === undefined ? '' : ` (since ${since})`}: ${reason}; ${nextStep}`
}

/** A destination names no cluster, or more than one. */
export class UnknownClusterError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UnknownClusterError'
  }
}

/** The clusters there are, by name and by server. */
export class ClusterTable<Entry extends ClusterEntry = ClusterEntry> {
  constructor(readonly entries: readonly Entry[]) {}

  /** The cluster of a path: its name, else its server. The hub has its own name always. @throws UnknownClusterError */
  byNameOrServer(key: string): Entry {
    const named = this.entries.filter((entry) => entry.name === key)
    if (named.length > 0) return only(named, `name ${key}`)
    return this.byServer(key === hubCluster.name ? hubCluster.server : key)
  }

  /** The cluster of a destination; a server wins over a name. @throws UnknownClusterError */
  ofDestination(destination: { readonly server: string; readonly name: string }): Entry {
    const { server, name } = destination
    if (server !== '' && name !== '')
      throw new UnknownClusterError(`the destination names both server ${server} and name ${name}: give one of them`)
    if (server !== '') return this.byServer(server)
    if (name === '') throw new UnknownClusterError('the destination names no cluster: give its server or its name')
    const named = this.entries.filter((entry) => entry.name === name)
    return only(named, `name ${name}`)
  }

  private byServer(server: string): Entry {
    const wanted = trimServer(server)
    const served = this.entries.filter((entry) => trimServer(entry.server) === wanted)
    return only(served, `name or server ${server}`)
  }
}

/** A server without its last slashes: Argo CD cuts them too. */
export function trimServer(server: string): string {
  return server.replace(/\/+$/, '')
}

function only<Entry>(found: readonly Entry[], what: string): Entry {
  const [first] = found
  if (found.length > 1) throw new UnknownClusterError(`${found.length} clusters have the ${what}: rename all but one`)
  if (!first)
    throw new UnknownClusterError(
      `no cluster has the ${what}: declare it in a Secret labelled argocd.argoproj.io/secret-type=cluster`,
    )
  return first
}
