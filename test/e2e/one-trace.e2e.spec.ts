import { AccessRecorded, type Fact } from '@k8or/contracts'
import { runsHealthy } from '@k8or/rig'
import { k8orJson } from './src/command'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { bothModes } from './src/modes'
import { storedFacts } from './src/stored-facts'
import { untilTraced, type Hop } from './src/traces'

function traceIdOf(fact: Fact<unknown>): string | undefined {
  return /^00-([0-9a-f]{32})-[0-9a-f]{16}-0[01]$/.exec(fact.traceparent ?? '')?.[1]
}

function nameOf(fact: Fact<unknown>): string {
  // dev.k8or.codesource.delivery.received.v1
  return fact.type.split('.').slice(-3, -1).join('.')
}

describe.each(bothModes)('test/e2e/one-trace.e2e in mode %s', (mode) => {
  const mesh = useMesh({ mode })

  // Calls to clusters are recorded by themselves, in great numbers: the trace is what joins them to a deployment.
  const recordedPatches = async (traceId: string): Promise<string[]> => {
    const records = (await storedFacts(mesh(), 'ACCESS')).map(({ data }) => AccessRecorded.parse(data))
    const ofDeployment = records.filter(({ trace, verb }) => trace === traceId && verb === 'patch')
    return [...new Set(ofDeployment.map(({ object, phase }) => `${object?.kind ?? ''} ${phase}`))].toSorted()
  }

  it('C56.2 the facts of a deployment carry one trace id and one correlation, and each names what led to it', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('traced')
    await repository.commit({ 'app/w.yaml': deployment('traced', 'shop/web:1', 1) })
    await driver.declare({ name: 'traced', repoUrl: repository.url, path: 'app' })
    await driver.application('traced', (application) => runsHealthy(application), 60_000)
    const commit = await repository.push({
      'app/w.yaml': deployment('traced', 'shop/web:2', 2),
      'app/c.yaml': configMap('traced', '1'),
    })
    await driver.application('traced', (application) => runsHealthy(application, commit), 30_000)
    await untilTraced(driver, commit, 'health.changed')
    const told = await k8orJson<{ hops: Hop[]; traceId: string; correlationId: string }>(driver, [
      'trace',
      '--commit',
      commit,
    ])
    const all = await storedFacts(mesh(), 'FACTS')
    const facts = all.filter((fact) => fact.correlationId === told.correlationId)
    // Health may change several times until all is well.
    expect([...new Set(facts.map((fact) => `${nameOf(fact)} ${traceIdOf(fact) ?? ''}`))]).toEqual(
      [
        'delivery.received',
        'revision.observed',
        'release.rendered',
        'sync.planned',
        'sync.started',
        'sync.finished',
        'health.changed',
      ].map((name) => `${name} ${told.traceId}`),
    )
    const ids = facts.map(({ id }) => id)
    expect(facts[0]).toMatchObject({ id: told.correlationId, causes: [] })
    for (const [index, { id, causes }] of facts.entries())
      if (index > 0)
        expect({ id, known: ids.slice(0, index).some((cause) => causes.includes(cause)) }).toEqual({ id, known: true })
    expect(await recordedPatches(told.traceId)).toEqual([
      'ConfigMap intent',
      'ConfigMap outcome',
      'Deployment intent',
      'Deployment outcome',
      'applications intent',
      'applications outcome',
    ])
  }, 120_000)

  it('C56.2 two deployments have two traces', async () => {
    const { driver } = mesh()
    const repository = await driver.repository('twice')
    await repository.commit({ 'app/c.yaml': configMap('twice', '0') })
    await driver.declare({ name: 'twice', repoUrl: repository.url, path: 'app' })
    await driver.application('twice', (application) => runsHealthy(application), 60_000)
    const traces: string[] = []
    for (const value of ['1', '2']) {
      const commit = await repository.push({ 'app/c.yaml': configMap('twice', value) })
      await untilTraced(driver, commit, 'sync.finished')
      traces.push((await k8orJson<{ traceId: string }>(driver, ['trace', '--commit', commit])).traceId)
    }
    expect(new Set(traces).size).toBe(2)
    for (const trace of traces) expect(trace).toMatch(/^[0-9a-f]{32}$/)
  }, 90_000)
})
