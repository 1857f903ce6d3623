import { metrics } from '@k8or/telemetry'
import { freePort } from '@k8or/rig'
import { startProbes, type Probes } from './probes'
import type { Readiness } from './service-app'

describe('libs/shell/src/probes', () => {
  let readiness: Readiness = { ready: false, reasons: ['the bus is not connected', 'is starting'] }
  let url: string
  let probes: Probes

  beforeAll(async () => {
    const listen = `localhost:${await freePort()}`
    url = `http://${listen}`
    probes = await startProbes(listen, () => readiness)
  })

  afterAll(() => probes.stop())

  const ask = async (path: string): Promise<string> => {
    const answer = await fetch(`${url}${path}`)
    return `${answer.status} ${await answer.text()}`
  }

  it('lives, and tells what is missing until it is ready', async () => {
    expect(await ask('/healthz')).toBe('200 ok\n')
    expect(await ask('/readyz')).toBe('503 the bus is not connected\nis starting\n')
    readiness = { ready: true, reasons: [] }
    expect(await ask('/readyz?verbose')).toBe('200 ok\n')
  })

  it('shows the metrics of the process', async () => {
    metrics.counter('k8or_probed_total', 'how often').add({ by: 'a spec' })
    expect(await ask('/metrics')).toContain('k8or_probed_total{by="a spec"} 1\n')
  })

  it('has no other page', async () => {
    expect(await ask('/')).toMatch(/^404 /)
  })
})
