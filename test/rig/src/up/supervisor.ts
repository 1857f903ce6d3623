import type { Mesh } from '../mesh/mesh'
import { startMesh } from '../mesh/mesh-start'
import { parseOptions } from './options'
import { runDir } from './run-dir'

/** Holds a mesh up until it is told to stop; everything it started ends with it. */
async function supervise(): Promise<void> {
  const { options } = parseOptions(process.argv.slice(2))
  const stopped = untilStopped()
  const starting = startMesh({ dir: runDir, registry: true, ...options, onProgress: (text) => console.log(text) })
  const mesh = await Promise.race([starting, stopped])
  if (!mesh) return starting.then(stopMesh, () => undefined)
  await stopped
  await stopMesh(mesh)
}

function untilStopped(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(undefined))
  })
}

function stopMesh(mesh: Mesh): Promise<void> {
  console.log('stopping')
  return mesh.stop()
}

supervise().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
