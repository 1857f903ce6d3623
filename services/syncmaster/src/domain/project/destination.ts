import type { Destination } from '@k8or/contracts'

/** How a destination names its cluster: exactly one of server and name, a trailing slash cut; else what is wrong. */
export function readDestination(
  destination: Destination,
): { readonly server: string } | { readonly name: string } | { readonly problem: string } {
  const server = destination.server.replace(/\/+$/, '')
  const { name } = destination
  if (server !== '' && name !== '')
    return { problem: `application destination can't have both name and server defined: ${name} ${server}` }
  if (server !== '') return { server }
  if (name !== '') return { name }
  return { problem: 'application destination has neither server nor name; set spec.destination.server or .name' }
}
