import { DrivenRepository, runsHealthy, valueAt, type MeshDriver } from '@k8or/rig'
import { startGitProxy, type GitProxy } from './git-proxy'
import type { Scenario } from './scenario'
import { summarize } from './statistics'

const ways = ['own', 'git'] as const
type Way = (typeof ways)[number]

/**
 * What CodeSource's own client for git's protocol is worth: one repository under two addresses of one proxy, at one of
 * which that client is told something it does not understand, so that git does the fetching. Pushes go to both in turn.
 */
export const fetchPair: Scenario = async (driver, runs) => {
  const proxy = await startGitProxy(driver.value('K8OR_GIT_URL'))
  try {
    const figures = await measure(driver, proxy, runs)
    const gains = figures.own.map((own, index) => (figures.git[index] ?? 0) - own)
    return [
      { what: 'fetch: own client, webhook to object changed', unit: 'ms', summary: summarize(figures.own) },
      { what: 'fetch: git fetch, webhook to object changed', unit: 'ms', summary: summarize(figures.git) },
      { what: '  difference of each pair', unit: 'ms', summary: summarize(gains) },
    ]
  } finally {
    await proxy.close()
  }
}

async function measure(driver: MeshDriver, proxy: GitProxy, runs: number): Promise<Record<Way, number[]>> {
  const { path } = await driver.repository('bench-fetch')
  const at = (way: Way) => new DrivenRepository(driver, `${proxy.url}/${way}/bench-fetch.git`, path)
  const repositories = { own: at('own'), git: at('git') }
  const figures: Record<Way, number[]> = { own: [], git: [] }
  await repositories.own.commit(Object.fromEntries(ways.map((way) => [fileOf(way), configMap(way, 'first')])))
  for (const way of ways) {
    await driver.declare({ name: nameOf(way), repoUrl: repositories[way].url, path: way })
    await driver.application(nameOf(way), (application) => runsHealthy(application), 60_000)
  }
  const warmUp = 5
  for (let run = 0; run < runs + warmUp; run++) {
    for (const way of run % 2 === 0 ? ways : ways.toReversed()) {
      const elapsed = await pushOnce(driver, repositories[way], way, `run-${String(run)}`)
      if (run >= warmUp) figures[way].push(elapsed)
    }
  }
  return figures
}

async function pushOnce(driver: MeshDriver, repository: DrivenRepository, way: Way, value: string): Promise<number> {
  const commit = await repository.commit({ [fileOf(way)]: configMap(way, value) })
  const hasChanged = (object: unknown) => valueAt(object, 'data.value') === value
  const changed = driver.hub.watchUntil('v1/ConfigMap', `default/${nameOf(way)}`, hasChanged)
  const start = performance.now()
  await repository.tell(commit)
  await changed
  const elapsed = performance.now() - start
  await driver.application(nameOf(way), (application) => runsHealthy(application, commit.after))
  return elapsed
}

function nameOf(way: Way): string {
  return `bench-fetch-${way}`
}

function fileOf(way: Way): string {
  return `${way}/config.yaml`
}

function configMap(way: Way, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${nameOf(way)}\ndata:\n  value: ${value}\n`
}
