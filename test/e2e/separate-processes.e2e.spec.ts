import { request as plainRequest } from 'node:http'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Agent, request } from 'undici'
import { services, type ServiceName } from '@k8or/contracts'
import { runsHealthy, valueAt, type KubeAnswer } from '@k8or/rig'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'

describe('test/e2e/separate-processes.e2e', () => {
  // Leases that run out only long after each test: whoever is killed takes up its own.
  const mesh = useMesh({ mode: 'processes', environment: { K8OR_LEASE_TTL_MS: '120000' } })

  /** Asks the gate for a cluster as a service would that shows this certificate. */
  const askAs = async (
    service: ServiceName | undefined,
    method: 'GET' | 'PATCH',
    path: string,
  ): Promise<KubeAnswer> => {
    const { driver, mesh: running } = mesh()
    const ca = driver.value('K8OR_CA')
    const file = (name: string): string => readFileSync(join(dirname(ca), service ?? '', 'identity', name), 'utf8')
    const certificate = service === undefined ? {} : { cert: file('tls.crt'), key: file('tls.key') }
    const dispatcher = new Agent({ connect: { ca: readFileSync(ca, 'utf8'), ...certificate } })
    try {
      const url = `${running.addressOf('accesspoint')}/clusters/in-cluster${path}`
      const body = method === 'PATCH' ? { body: '{"data":{"value":"stolen"}}' } : {}
      const headers = { 'content-type': 'application/merge-patch+json' }
      const answer = await request(url, { method, dispatcher, headers, ...body })
      return { status: answer.statusCode, body: await answer.body.json() }
    } finally {
      await dispatcher.destroy()
    }
  }

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

  it('C52.1 C52.6 who shows no certificate is not let in, and plain HTTP is not answered', async () => {
    const { mesh: running } = mesh()
    const stranger = await askAs(undefined, 'GET', '/api/v1/namespaces')
    expect(stranger).toMatchObject({ status: 401, body: { reason: 'Unauthorized' } })
    const url = running.addressOf('accesspoint').replace('https', 'http')
    const answer = await new Promise((resolve) => {
      const sent = plainRequest(url, (response) => resolve(response.statusCode))
      sent.on('error', () => resolve('refused'))
      sent.end()
    })
    expect([400, 'refused']).toContain(answer)
  })

  it('C52.1 C108.9 IH.5 each service may do with clusters what its work needs, and no more', async () => {
    const { driver } = mesh()
    await driver.hub.applyYaml(configMap('guarded', '1').replace('metadata:\n', 'metadata:\n  namespace: default\n'))
    const path = '/api/v1/namespaces/default/configmaps/guarded'
    for (const service of ['syncmaster', 'insighthub'] as const)
      expect(await askAs(service, 'GET', path)).toMatchObject({ status: 200, body: { data: { value: '1' } } })
    for (const service of ['codesource', 'chartstore'] as const)
      expect(await askAs(service, 'GET', path)).toMatchObject({ status: 403, body: { kind: 'Status' } })
    for (const service of services.filter((name) => name !== 'accesspoint'))
      expect(await askAs(service, 'PATCH', path)).toMatchObject({ status: 403, body: { kind: 'Status' } })
    expect(valueAt(await driver.hub.get('v1/ConfigMap', 'default/guarded'), 'data.value')).toBe('1')
  }, 30_000)

  it('C52.7 Secrets of the control namespace are shown to no service', async () => {
    for (const service of ['syncmaster', 'insighthub'] as const) {
      const one = await askAs(service, 'GET', '/api/v1/namespaces/argocd/secrets/argocd-secret')
      expect(one.status).toBe(403)
      expect(JSON.stringify(one.body)).not.toContain('webhook.github.secret')
      expect((await askAs(service, 'GET', '/api/v1/namespaces/argocd/secrets')).status).toBe(403)
      const all = await askAs(service, 'GET', '/api/v1/secrets')
      const shown = all.status === 200 ? (all.body.items as { metadata: { namespace: string } }[]) : []
      expect(shown.filter(({ metadata }) => metadata.namespace === 'argocd')).toEqual([])
      expect((await askAs(service, 'GET', '/api/v1/namespaces/argocd%2fsecrets')).status).toBeGreaterThanOrEqual(400)
    }
  }, 30_000)

  it('C56.5 SyncMaster is killed, and has its buckets again as soon as it is up', async () => {
    const { driver, mesh: running } = mesh()
    const repository = await driver.repository('owned')
    await repository.commit({ 'app/c.yaml': configMap('owned', 'git') })
    await driver.declare({ name: 'owned', repoUrl: repository.url, path: 'app' })
    await driver.application('owned', (application) => runsHealthy(application), 60_000)
    running.kill('syncmaster', 'SIGKILL')
    await driver.hub.patch('v1/ConfigMap', 'default/owned', { data: { value: 'by hand' } })
    const isHealed = (object: unknown): boolean => valueAt(object, 'data.value') === 'git'
    await driver.hub.watchUntil('v1/ConfigMap', 'default/owned', isHealed, 20_000)
  }, 120_000)

  it('C132.3 C56.5 each process is killed while a push goes on, and the push is applied', async () => {
    const { driver, mesh: running } = mesh()
    const repository = await driver.repository('killed')
    await repository.commit({ 'app/c.yaml': configMap('killed', 'first') })
    await driver.declare({ name: 'killed', repoUrl: repository.url, path: 'app' })
    await driver.application('killed', (application) => runsHealthy(application), 60_000)
    for (const service of services) {
      await repository.push({ 'app/c.yaml': configMap('killed', service) })
      running.kill(service, 'SIGKILL')
      const isApplied = (object: unknown): boolean => valueAt(object, 'data.value') === service
      await driver.hub.watchUntil('v1/ConfigMap', 'default/killed', isApplied, 40_000)
      await running.untilReady()
    }
  }, 200_000)
})
