import { valueAt, runsHealthy, type DrivenRepository, type MeshDriver } from '@k8or/rig'
import { collectHops, hopLines } from './hops'
import { processorSeconds } from './processor-time'
import type { Line, Scenario } from './scenario'
import { summarize } from './statistics'

const path = 'bench-push'

/** From the webhook's first byte to the object changed in the cluster, seen by a watch; and what it costs. */
export const pushToChanged: Scenario = async (driver, runs, begin) => {
  const repository = await declareOne(driver)
  for (let warmUp = 0; warmUp < 5; warmUp++) await pushOnce(driver, repository, `warm-${warmUp}`)
  begin('push-to-changed: pushes')
  const pushes: Push[] = []
  const processor = [processorSeconds(driver.pids())]
  for (let run = 0; run < runs; run++) {
    pushes.push(await pushOnce(driver, repository, `run-${run}`))
    processor.push(processorSeconds(driver.pids()))
  }
  begin('push-to-changed: reading traces')
  const hops = await collectHops(
    driver,
    pushes.map((push) => push.commit),
  )
  return [...lines(pushes, differences(processor)), ...hopLines(hops)]
}

interface Push {
  readonly commit: string
  readonly answeredMs: number
  readonly changedMs: number
  readonly syncedMs: number
}

// From one deployment to the next, so that nothing is left out that goes on after the status is written.
function differences(figures: readonly number[]): number[] {
  return figures.slice(1).map((figure, index) => figure - (figures[index] ?? 0))
}

function lines(pushes: readonly Push[], processorSecondsEach: readonly number[]): Line[] {
  return [
    {
      what: 'webhook to object changed',
      unit: 'ms',
      summary: summarize(pushes.map((push) => push.changedMs)),
      target: { p50: 150, p95: 400 },
      row: 'push',
    },
    { what: 'webhook to its answer', unit: 'ms', summary: summarize(pushes.map((push) => push.answeredMs)) },
    {
      what: 'webhook to Synced and Healthy in the status',
      unit: 'ms',
      summary: summarize(pushes.map((push) => push.syncedMs)),
    },
    {
      what: 'processor time per deployment',
      unit: 's',
      summary: summarize(processorSecondsEach),
      target: { p50: 0.2 },
      row: 'processor',
    },
  ]
}

async function declareOne(driver: MeshDriver): Promise<DrivenRepository> {
  const repository = await driver.repository(path)
  const { after } = await repository.commit({ 'app/config.yaml': configMap('first') })
  await driver.declare({ name: path, repoUrl: repository.url, path: 'app' })
  await driver.application(path, (application) => runsHealthy(application, after), 60_000)
  return repository
}

async function pushOnce(driver: MeshDriver, repository: DrivenRepository, value: string): Promise<Push> {
  const commit = await repository.commit({ 'app/config.yaml': configMap(value) })
  const key = `default/${path}`
  const changed = driver.hub.watchUntil('v1/ConfigMap', key, (object) => valueAt(object, 'data.value') === value)
  const start = performance.now()
  await repository.tell(commit)
  const answeredMs = performance.now() - start
  await changed
  const changedMs = performance.now() - start
  await driver.application(path, (application) => runsHealthy(application, commit.after))
  return { commit: commit.after, answeredMs, changedMs, syncedMs: performance.now() - start }
}

function configMap(value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${path}\ndata:\n  value: ${value}\n`
}
