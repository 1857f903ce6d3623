import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tempDir } from '@k8or/rig'
import type { Scenario } from './scenario'
import { summarize } from './statistics'

const run = promisify(execFile)

/** The floor: a plain `git fetch` from the same server, then one server-side apply to the same API server. */
export const floor: Scenario = async (driver, runs) => {
  const repository = await driver.repository('bench-floor')
  await repository.commit({ 'config.yaml': 'first' })
  const mirror = join(tempDir('bench-floor'), 'mirror.git')
  await run('git', ['clone', '--quiet', '--mirror', repository.url, mirror])
  const times: number[] = []
  for (let count = 0; count < runs; count++) {
    await repository.commit({ 'config.yaml': `content ${count}` })
    const start = performance.now()
    await run('git', ['-C', mirror, 'fetch', '--quiet'])
    await driver.hub.apply(configMap(String(count)))
    times.push(performance.now() - start)
  }
  return [{ what: 'floor: git fetch, one apply', unit: 'ms', summary: summarize(times) }]
}

function configMap(value: string): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'bench-floor', namespace: 'default' },
    data: { value },
  }
}
