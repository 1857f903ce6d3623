import type { Destination } from '@k8or/contracts'

/** How a destination names its cluster. */
export type NamedCluster = { readonly server: string } | { readonly name: string }

/** A cluster as destinations may name it. */
export interface DestinationCluster {
  readonly name: string
  readonly server: string
}

/** How a destination names its cluster: exactly one of server and name, a trailing slash cut; else what is wrong. */
export function readDestination(destination: Destination): NamedCluster | { readonly problem: string } {
  const server = trimServer(destination.server)
  const { name } = destination
  if (server !== '' && name !== '')
    return { problem: `application destination can't have both name and server defined: ${name} ${server}` }
  if (server !== '') return { server }
  if (name !== '') return { name }
  return { problem: 'application destination has neither server nor name; set spec.destination.server or .name' }
}

/** Whether a cluster is the one that is named. */
export function isNamed(named: NamedCluster, cluster: DestinationCluster): boolean {
  return 'name' in named ? named.name === cluster.name : trimServer(named.server) === trimServer(cluster.server)
}

/** Whether an application with this destination goes to a cluster. */
export function goesTo(destination: Destination, cluster: DestinationCluster): boolean {
  const named = readDestination(destination)
  return !('problem' in named) && isNamed(named, cluster)
}

/** The applications that go to a cluster, or to any; none go to one that nobody knows. */
export function allGoingTo<One extends { readonly spec: { readonly destination: Destination } }>(
  cluster: DestinationCluster | 'all' | undefined,
  applications: readonly One[],
): readonly One[] {
  if (cluster === 'all') return applications
  return cluster ? applications.filter(({ spec }) => goesTo(spec.destination, cluster)) : []
}

/** What to say, and to do, when no cluster is the one that is named. */
export function describeUnknown(named: NamedCluster): string {
  return 'name' in named
    ? `there are no clusters with this name: ${named.name}`
    : `cluster ${named.server} is not known; add its Secret with label argocd.argoproj.io/secret-type=cluster`
}

function trimServer(server: string): string {
  return server.replace(/\/+$/, '')
}
