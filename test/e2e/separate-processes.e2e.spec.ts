import { runsHealthy } from '@k8or/rig'
import { deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

describe('test/e2e/separate-processes.e2e', () => {
  const mesh = useMesh({ mode: 'processes' })

  it('C132.5 a push rolls out through five processes that speak mutual TLS', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('apart')
    await repository.commit({ 'app/web.yaml': deployment('apart', 'shop/web:1', 1) })
    await driver.declare({ name: 'apart', repoUrl: repository.url, path: 'app' })
    await driver.application('apart', (application) => runsHealthy(application), 60_000)
    const commit = await repository.push({ 'app/web.yaml': deployment('apart', 'shop/web:2', 2) })
    await driver.application('apart', (application) => runsHealthy(application, commit), 30_000)
    expect(driver.pids().length).toBeGreaterThanOrEqual(7)
  }, 120_000)
})
