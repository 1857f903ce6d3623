import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ServiceName } from '@k8or/contracts'
import { freePorts } from '../free-port'
import type { ManagedProcess, ProcessNews } from '../process/managed-process'
import { meshPaths, type MeshLayout } from './layout'
import { bootstrap, meshProcess } from './program'

/** One more process of a service, as on another machine: with a state directory and ports of its own. */
export async function replicaProcess(
  layout: MeshLayout,
  service: ServiceName,
  name: string,
  news: ProcessNews,
): Promise<ManagedProcess> {
  const [mesh = 0, probes = 0] = await freePorts(2)
  const services = { ...layout.services, [service]: { mesh, probes } }
  const replica = { ...layout, dir: join(layout.dir, name), services }
  await invite(layout, replica, service)
  return meshProcess(replica, service, news, name)
}

/** Bootstrap makes another token where one was used; that and the authority's certificate are all that is handed over. */
async function invite(layout: MeshLayout, replica: MeshLayout, service: ServiceName): Promise<void> {
  await bootstrap(layout, 'pki')
  const [from, to] = [meshPaths(layout.dir).state, meshPaths(replica.dir).state]
  for (const file of ['ca.crt', `join/${service}.token`]) {
    mkdirSync(dirname(join(to, file)), { recursive: true })
    copyFileSync(join(from, file), join(to, file))
  }
}
