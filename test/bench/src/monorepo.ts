import type { MeshDriver } from '@k8or/rig'
import { runsHealthy, valueAt, type DrivenRepository } from '@k8or/rig'
import { pauseUntilIdle } from './idle'
import { processorSeconds, residentMebibytes } from './processor-time'
import type { Line, Scenario } from './scenario'
import { summarize } from './statistics'

const size = 500
const type = 'argoproj.io/v1alpha1/Application'

/** Five hundred applications of one object from one repository: all declared, then one touched by each push. */
export const monorepo: Scenario = async (driver, runs, begin) => {
  const repository = await driver.repository('bench-monorepo')
  const names = Array.from({ length: size }, (_, index) => `mono-${String(index).padStart(3, '0')}`)
  const files = names.map((name) => [fileOf(name), configMap(name, 'first')] as const)
  await repository.commit(Object.fromEntries(files))
  begin('monorepo: creating all')
  const creating = await createAll(driver, repository, names)
  await pauseUntilIdle(driver.pids())
  const idleMebibytes = residentMebibytes(driver.pids())
  begin('monorepo: pushes')
  const pushes = await pushAll(driver, repository, names, runs)
  return [...creating, memoryLine(idleMebibytes), ...pushes]
}

async function createAll(driver: MeshDriver, repository: DrivenRepository, names: readonly string[]): Promise<Line[]> {
  const before = processorSeconds(driver.pids())
  for (let at = 0; at < names.length; at += 10)
    await Promise.all(
      names.slice(at, at + 10).map((name) => driver.declare({ name, repoUrl: repository.url, path: `apps/${name}` })),
    )
  const created = performance.now()
  await allSynced(driver, names)
  const seconds = (performance.now() - created) / 1000
  const each = (processorSeconds(driver.pids()) - before) / names.length
  return [
    {
      what: `${size} new applications: all Synced after the last`,
      unit: 's',
      summary: summarize([seconds]),
      target: { p50: 25 },
      row: 'created',
      isOnce: true,
    },
    { what: '  processor time each', unit: 's', summary: summarize([each]), isOnce: true },
  ]
}

/** One watch sees them all: five hundred would weigh on what is measured. */
async function allSynced(driver: MeshDriver, names: readonly string[]): Promise<void> {
  const missing = new Set(names)
  const see = (object: unknown): void => {
    if (valueAt(object, 'status.sync.status') === 'Synced') missing.delete(String(valueAt(object, 'metadata.name')))
  }
  const stop = new AbortController()
  const { items, resourceVersion } = await driver.hub.snapshot(type)
  for (const item of items) see(item)
  if (missing.size > 0)
    for await (const event of driver.hub.watch(type, { resourceVersion }, stop.signal)) {
      see(event.object)
      if (missing.size === 0) break
    }
  stop.abort()
}

async function pushAll(
  driver: MeshDriver,
  repository: DrivenRepository,
  names: readonly string[],
  runs: number,
): Promise<Line[]> {
  const times: number[] = []
  const cost: number[] = []
  for (let run = 0; run < runs + 3; run++) {
    const name = names[(run * 7) % names.length] ?? ''
    const before = processorSeconds(driver.pids())
    const elapsed = await pushOnce(driver, repository, name, `run-${run}`)
    if (run < 3) continue
    times.push(elapsed)
    cost.push(processorSeconds(driver.pids()) - before)
  }
  return [
    {
      what: `push to the monorepo of ${size} that touches one`,
      unit: 'ms',
      summary: summarize(times),
      target: { p50: 200 },
      row: 'monorepo',
    },
    { what: '  processor time per push', unit: 's', summary: summarize(cost), row: 'monorepo-processor' },
  ]
}

async function pushOnce(
  driver: MeshDriver,
  repository: DrivenRepository,
  name: string,
  value: string,
): Promise<number> {
  const commit = await repository.commit({ [fileOf(name)]: configMap(name, value) })
  const key = `default/${name}`
  const changed = driver.hub.watchUntil('v1/ConfigMap', key, (object) => valueAt(object, 'data.value') === value)
  const start = performance.now()
  await repository.tell(commit)
  await changed
  const elapsed = performance.now() - start
  await driver.application(name, (application) => runsHealthy(application, commit.after))
  return elapsed
}

function memoryLine(mebibytes: number): Line {
  const what = `resident memory, all processes, ${size} applications, idle`
  return { what, unit: 'MiB', summary: summarize([mebibytes]), target: { p50: 400 }, row: 'memory', isOnce: true }
}

function fileOf(name: string): string {
  return `apps/${name}/config.yaml`
}

function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${value}\n`
}
