import { runsHealthy, valueAt } from '@k8or/rig'
import { configMap } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

describe('test/e2e/further-clusters.e2e', () => {
  const mesh = useMesh({ clusters: 1 })

  it('A12 an Application runs on a cluster that a Secret of Argo CD declares', async () => {
    const { driver, mesh: running } = { ...mesh() }
    const [cluster] = running.clusters
    if (!cluster) throw new Error('the mesh was started without a further cluster')
    const repository = await driver.repository('far')
    const { after } = await repository.commit({ 'app/c.yaml': configMap('far', 'away') })
    await driver.declare({ name: 'far', repoUrl: repository.url, path: 'app', server: cluster.url })
    await driver.application('far', (application) => runsHealthy(application, after), 60_000)
    expect(valueAt(await cluster.client.get('v1/ConfigMap', 'default/far'), 'data.value')).toBe('away')
    expect(await driver.hub.get('v1/ConfigMap', 'default/far')).toBeUndefined()
  }, 90_000)
})
