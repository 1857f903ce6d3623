import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually, repositoryRoot, type MeshDriver } from '@k8or/rig'
import type { Narrator } from './narrator'

const run = promisify(execFile)

/** Prints the hops of a deployment as `k8or trace` does, once it is known that it became healthy. */
export async function showTrace(driver: MeshDriver, commit: string, narrator: Narrator): Promise<void> {
  await eventually(async () => (await hopsOf(driver, commit)).includes('health.changed'), {
    what: 'the last hop of the trace',
  })
  const { stdout } = await run(join(repositoryRoot, 'bin/k8or'), ['trace', '--commit', commit, '-o', 'wide'], {
    env: { ...driver.environment, PATH: process.env['PATH'] },
  })
  narrator.show(stdout)
}

async function hopsOf(driver: MeshDriver, commit: string): Promise<string[]> {
  const { hops } = await driver.people.call<{ hops: { fact: string }[] }>('k8or.insighthub.v1.Traces/GetTrace', {
    commit,
  })
  return hops.map((hop) => hop.fact)
}
