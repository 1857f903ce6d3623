import { runsHealthy, valueAt, type DrivenRepository, type KubeServer, type MeshDriver } from '@k8or/rig'
import { configMap, configMaps } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

const applicationsEach = 3
/** Less than any deadline of a call: whoever waited for the paused cluster would be later. */
const promptMs = 5000

const nameOf = (cluster: KubeServer, index: number): string => `${cluster.name}-${String(index)}`

/** The content of every application on every cluster in one round. */
function filesOf(clusters: readonly KubeServer[], round: string): Record<string, string> {
  const names = clusters.flatMap((cluster) => Array.from({ length: applicationsEach }, (_, at) => nameOf(cluster, at)))
  return Object.fromEntries(names.map((name) => [`${name}/c.yaml`, configMap(name, round)]))
}

async function declareAll(driver: MeshDriver, repository: DrivenRepository, clusters: readonly KubeServer[]) {
  for (const cluster of clusters)
    for (let at = 0; at < applicationsEach; at++) {
      const name = nameOf(cluster, at)
      await driver.declare({ name, repoUrl: repository.url, path: name, server: cluster.url })
    }
}

/** How long it takes until every application of a cluster has the content of a round. */
async function timeUntil(cluster: KubeServer, round: string, timeoutMs: number): Promise<number> {
  const begun = performance.now()
  const names = Array.from({ length: applicationsEach }, (_, at) => nameOf(cluster, at))
  const isThere = (object: unknown): boolean => valueAt(object, 'data.value') === round
  await Promise.all(
    names.map((name) => cluster.client.watchUntil('v1/ConfigMap', `default/${name}`, isThere, timeoutMs)),
  )
  return performance.now() - begun
}

describe('test/e2e/paused-cluster.e2e', () => {
  // Fewer workers than applications on one cluster: one of them waiting is enough to see who waits for it.
  const mesh = useMesh({ clusters: 3, environment: { K8OR_SYNC_CONCURRENCY: '2' } })

  it('C56.7 a cluster that stops answering in the middle of a sync holds up no other, and catches up to the newest release by itself', async () => {
    const { driver, mesh: running } = mesh()
    const [stuck, ...others] = running.clusters
    if (!stuck || others.length !== 2) throw new Error('the mesh was started without three further clusters')
    const repository = await driver.repository('fleet')
    const many = Object.fromEntries(
      Object.entries(configMaps('many', 60)).map(([path, text]) => [
        path.replace('app/', `${nameOf(stuck, 0)}/`),
        text,
      ]),
    )
    await repository.commit({ ...filesOf(running.clusters, '0'), ...many })
    await declareAll(driver, repository, running.clusters)
    for (const cluster of running.clusters)
      for (let at = 0; at < applicationsEach; at++)
        await driver.application(nameOf(cluster, at), (one) => runsHealthy(one), 60_000)

    const changed = Object.fromEntries(Object.entries(many).map(([path, text]) => [path, text.replace('"1"', '"2"')]))
    const before = stuck.client.watchUntil(
      'v1/ConfigMap',
      'default/many-1',
      (one) => valueAt(one, 'data.value') === '2',
      20_000,
    )
    await repository.push({ ...filesOf(running.clusters, '1'), ...changed })
    await before
    const { 'kube-apiserver': pid } = stuck.pids
    if (pid === undefined) throw new Error('the cluster has no API server')
    process.kill(pid, 'SIGSTOP')
    try {
      for (const cluster of others) await timeUntil(cluster, '1', promptMs)
      for (const round of ['2', '3', '4']) {
        await repository.push(filesOf(running.clusters, round))
        const times = await Promise.all(others.map((cluster) => timeUntil(cluster, round, promptMs)))
        expect(Math.max(...times)).toBeLessThan(promptMs)
      }
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    const values: string[] = []
    const watching = new AbortController()
    const seen = (async () => {
      const options = { namespace: 'default' }
      for await (const { object } of stuck.client.watch('v1/ConfigMap', options, watching.signal))
        if (object.metadata.name === nameOf(stuck, 1)) values.push(String(valueAt(object, 'data.value')))
    })().catch(() => undefined)
    await timeUntil(stuck, '4', 90_000)
    for (let at = 0; at < applicationsEach; at++)
      await driver.application(nameOf(stuck, at), (one) => runsHealthy(one), 60_000)
    watching.abort()
    await seen
    expect(values.filter((value) => value === '2' || value === '3')).toEqual([])
  }, 240_000)
})
