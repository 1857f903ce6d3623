import { runsHealthy, valueAt, type KubeObject } from '@k8or/rig'
import type { Scenario } from './scenario'
import { summarize } from './statistics'

const name = 'bench-drift'
const type = 'v1/ConfigMap'
const key = `default/${name}`

/** From a change by hand that the API server took to the object put back, seen by a watch. */
export const driftRepaired: Scenario = async (driver, runs, begin) => {
  const repository = await driver.repository(name)
  const { after } = await repository.commit({ 'app/config.yaml': manifest })
  await driver.declare({ name, repoUrl: repository.url, path: 'app' })
  await driver.application(name, (application) => runsHealthy(application, after), 60_000)
  begin('drift-repaired: repairs')
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    // The heals of one object are limited to one in two seconds after the first twenty: as fast as that, no faster.
    if (run > 0) await pause(run < 15 ? 200 : 2_100)
    const start = performance.now()
    const drifted = await driver.hub.patch(type, key, { data: { value: `by-hand-${run}` } })
    await driver.hub.watchUntil(type, key, (object) => isBack(object, drifted))
    times.push(performance.now() - start)
  }
  return [{ what: 'drift repaired', unit: 'ms', summary: summarize(times), target: { p50: 100 }, row: 'drift' }]
}

const manifest = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: as-declared\n`

function isBack(object: KubeObject | undefined, drifted: KubeObject): boolean {
  const isNewer = object?.metadata.resourceVersion !== drifted.metadata.resourceVersion
  return isNewer && valueAt(object, 'data.value') === 'as-declared'
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
