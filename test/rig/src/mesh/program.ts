import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { services, type ServiceName } from '@k8or/contracts'
import { cacheDir, repositoryRoot } from '../paths'
import { ManagedProcess, type ProcessNews } from '../process/managed-process'
import { runToEnd } from '../process/run-to-end'
import { meshPaths, type MeshLayout } from './layout'
import { processEnvironment } from './process-environment'

const executable = join(repositoryRoot, 'bin/k8or')
const bundle = join(repositoryRoot, 'dist/k8or.cjs')

/** What a process of the mesh is called. */
export type MeshProcessName = ServiceName | 'standalone'

/** The processes of a mesh: one for all services, or one for each. */
export function meshProcessNames({ mode }: MeshLayout): readonly MeshProcessName[] {
  return mode === 'standalone' ? ['standalone'] : services
}

/** Runs one step of `k8or bootstrap` to its end. */
export function bootstrap(layout: MeshLayout, step: 'pki' | 'bus'): Promise<void> {
  return runToEnd(
    `k8or bootstrap --${step}`,
    command(layout, 'bootstrap', ['bootstrap', `--${step}`], `bootstrap-${step}`),
  )
}

/** A process of the mesh that comes back when it is killed; started, it is ready. */
export function meshProcess(
  layout: MeshLayout,
  role: MeshProcessName,
  news: ProcessNews,
  name: string = role,
): ManagedProcess {
  const args = role === 'standalone' ? ['standalone'] : ['service', role]
  return new ManagedProcess({
    ...command(layout, role, args, name),
    name,
    ready: () => isMeshReady(layout, role),
    restart: true,
    stopTimeoutMs: 8_000,
    ...news,
  })
}

/** Whether a process of the mesh says that it is ready for traffic. */
export async function isMeshReady(layout: MeshLayout, name: MeshProcessName): Promise<boolean> {
  const { probes } = layout.services[name === 'standalone' ? 'accesspoint' : name]
  const signal = AbortSignal.timeout(2_000)
  const answer = await request(`http://127.0.0.1:${probes}/readyz`, { signal }).catch(() => undefined)
  await answer?.body.dump()
  return answer?.statusCode === 200
}

function command(layout: MeshLayout, role: MeshProcessName | 'bootstrap', args: readonly string[], log: string) {
  if (!existsSync(bundle)) throw new Error(`${bundle} is not there: run \`make setup\``)
  const env = { ...processEnvironment(layout, role), NODE_COMPILE_CACHE: join(cacheDir, 'compile') }
  return { command: executable, args, env, logFile: join(meshPaths(layout.dir).log, `${log}.log`) }
}
