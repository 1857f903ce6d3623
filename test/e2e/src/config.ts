import type { MeshMode } from '@k8or/rig'
import { z } from 'zod'

const Environment = z.object({
  /** One mode for all tests; without it, each runs in standalone, and those that need both in both. */
  K8OR_TEST_MODE: z.enum(['standalone', 'processes']).optional(),
})

/** In which mode the tests of this run want their meshes; undefined leaves it to each. */
export function wantedMode(environment: NodeJS.ProcessEnv = process.env): MeshMode | undefined {
  return Environment.parse(environment).K8OR_TEST_MODE
}
