import { services, type ServiceName } from '@k8or/contracts'
import { freePorts } from '../free-port'
import type { Way } from '../relay/relays'
import type { MeshLayout } from './layout'

/** What processes of a mesh reach by a port that is known before they start. */
type Server = ServiceName | 'nats' | 'redis' | 'git' | 'registry'

/** Who reaches whom, besides each service every other one. */
const outside: Readonly<Record<ServiceName, readonly Server[]>> = {
  accesspoint: ['nats'],
  codesource: ['nats', 'redis', 'git', 'registry'],
  chartstore: ['nats', 'redis'],
  syncmaster: ['nats', 'redis'],
  insighthub: ['nats'],
}

/** Puts a relay onto every way between two parts of a mesh whose services run apart. */
export async function withDetours(layout: MeshLayout): Promise<MeshLayout> {
  if (layout.mode !== 'processes') throw new Error('relays stand between processes: start the mesh in mode processes')
  const ends = services.flatMap((from) => {
    const others: Server[] = services.filter((to) => to !== from)
    return [...others, ...outside[from]].map((to) => ({ from, to, target: portOf(layout, to) }))
  })
  const ports = await freePorts(ends.length)
  return { ...layout, detours: ends.map((way, at) => ({ ...way, port: ports[at] ?? 0 })) }
}

/** The port by which a process reaches a server: that of a relay where one stands between them. */
export function portTowards(layout: MeshLayout, from: string, to: Server): number {
  const detour = layout.detours.find((way: Way) => way.from === from && way.to === to)
  return detour?.port ?? portOf(layout, to)
}

function portOf(layout: MeshLayout, to: Server): number {
  if (to === 'nats' || to === 'redis' || to === 'git' || to === 'registry') return layout[to]
  return layout.services[to].mesh
}
