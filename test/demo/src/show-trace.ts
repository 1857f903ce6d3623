import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually, repositoryRoot } from '@k8or/rig'
import type { Stage } from './stage'

const run = promisify(execFile)

/** Prints the hops of a deployment as `k8or trace` does, once it is known that it became healthy. */
export async function showTrace(stage: Stage, commit: string): Promise<void> {
  const { narrator, patienceMs } = stage
  const complete = eventually(async () => (await hopsOf(stage, commit)).includes('health.changed'), {
    timeoutMs: patienceMs,
    what: 'the last hop of the trace',
  })
  await narrator.expect('the mesh can tell every hop, from the webhook to healthy pods', complete)
  narrator.show(await showCommand(stage, ['trace', '--commit', commit, '-o', 'wide']))
}

/** What a command of `k8or` prints. */
export async function showCommand({ driver }: Stage, args: readonly string[]): Promise<string> {
  const env = { ...driver.environment, PATH: process.env['PATH'] }
  return (await run(join(repositoryRoot, 'bin/k8or'), args, { env, timeout: 60_000 })).stdout
}

async function hopsOf({ driver }: Stage, commit: string): Promise<string[]> {
  const { hops } = await driver.people.call<{ hops: { fact: string }[] }>('k8or.insighthub.v1.Traces/GetTrace', {
    commit,
  })
  return hops.map((hop) => hop.fact)
}
