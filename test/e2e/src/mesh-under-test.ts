import { MeshDriver, removeDir, startMesh, tempDir, type Mesh, type MeshOptions } from '@k8or/rig'
import { usualMode } from './modes'

/** A whole mesh on real servers, started before the tests of a file and stopped after them. */
export interface MeshUnderTest {
  readonly mesh: Mesh
  readonly driver: MeshDriver
}

/** Starts a mesh for the tests of this file. */
export function useMesh(options: Omit<MeshOptions, 'dir'> = {}): () => MeshUnderTest {
  let started: MeshUnderTest | undefined
  let dir = ''
  beforeAll(async () => {
    dir = tempDir('e2e')
    const mesh = await startMesh({ mode: usualMode, ...options, dir })
    started = { mesh, driver: new MeshDriver(mesh.env) }
  }, 300_000)
  afterAll(async () => {
    await started?.driver.close()
    await started?.mesh.stop()
    removeDir(dir)
  }, 120_000)
  return () => {
    if (!started) throw new Error('the mesh has not been started')
    return started
  }
}
