import type { AccessRecorded, Fact, ServiceName } from '@k8or/contracts'
import { eventually, runsHealthy, valueAt, type DrivenRepository } from '@k8or/rig'
import { k8or } from './src/command'
import { Counted } from './src/counted'
import { configMap, deployment } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { storedFacts } from './src/stored-facts'
import { untilTraced } from './src/traces'
import { operation, slowly, wave } from './src/waved'

const leaseTtlMs = 2_000

describe('test/e2e/without.e2e', () => {
  const mesh = useMesh({ mode: 'processes', environment: { K8OR_LEASE_TTL_MS: String(leaseTtlMs) } })
  let shop: Counted

  beforeAll(async () => {
    shop = await Counted.start(mesh().driver, 'shop')
  }, 300_000)

  /** Keeps a process of the mesh down while something is done. */
  const without = async (name: ServiceName | 'nats' | 'redis', act: () => Promise<void>): Promise<void> => {
    const part = mesh().mesh.processes.get(name)
    if (!part) throw new Error(`no process is called ${name}`)
    await part.stop('SIGKILL')
    try {
      await act()
    } finally {
      await part.start()
    }
    await mesh().mesh.untilReady(60_000)
  }

  /** Pushes and drift are made good, each once. */
  const allIsWell = async (): Promise<void> => {
    await shop.untilApplied()
    await shop.untilPutBack()
    await shop.untilTold()
    expect(await shop.surplus()).toBe(0)
  }

  /** Expects that nothing is answered to people, and that each complaint names who is missing. */
  const areNotAnswered = async (commands: readonly string[], missing: RegExp): Promise<void> => {
    for (const command of commands) {
      const { code, complaints } = await k8or(mesh().driver, command.split(' '))
      expect({ command, code, complaint: complaints[0] }).toEqual({
        command,
        code: 2,
        complaint: expect.stringMatching(missing) as unknown,
      })
    }
  }

  it('C132.3 without NATS: webhooks are refused so that hosts tell them again, drift is put back, and its records are not lost', async () => {
    const since = new Date().toISOString()
    let heals = 0
    await without('nats', async () => {
      const begun = performance.now()
      for (; heals < 2 || performance.now() - begun < 2 * leaseTtlMs; heals++) {
        await shop.drift()
        await shop.untilPutBack()
      }
      const push = { before: undefined, after: '0'.repeat(39) + '1' }
      await expect(shop.repository.tell(push)).rejects.toThrow(/answered 503: .*the bus is away/)
      expect((await k8or(mesh().driver, ['cluster', 'list'])).code).toBe(0)
    })
    await shop.pushed()
    await allIsWell()
    const isHeal = ({ data }: Fact<AccessRecorded>): boolean =>
      data.phase === 'intent' && data.verb === 'patch' && data.object?.name === 'shop' && data.at > since
    const shipped = async () => (await storedFacts(mesh(), 'ACCESS')) as Fact<AccessRecorded>[]
    await eventually(async () => (await shipped()).filter(isHeal).length >= heals, { timeoutMs: 60_000, stepMs: 1_000 })
    for (const fact of ['drift.detected', 'drift.repaired']) {
      const told = async () => (await storedFacts(mesh(), 'FACTS')).filter(({ type }) => type.includes(fact))
      await eventually(async () => (await told()).length >= heals, { timeoutMs: 60_000, stepMs: 1_000, what: fact })
    }
  }, 180_000)

  it('C132.3 without CodeSource: drift is put back, a rollback to a stored release works; pushes wait at the host', async () => {
    const { driver } = mesh()
    const files = (round: number) => ({ 'app/web.yaml': deployment('back', `shop/back:${String(round)}`, 0) })
    const repository = await driver.deploy('back', files(0))
    await driver.application('back', (one) => runsHealthy(one), 60_000)
    const commit = await repository.push(files(1))
    await driver.application('back', (one) => runsHealthy(one, commit), 60_000)
    let taken: Promise<unknown> | undefined
    await without('codesource', async () => {
      await shop.drift()
      await shop.untilPutBack()
      ;({ taken } = await shop.push())
      await areNotAnswered(['app refresh shop'], /codesource/i)
      const { code, complaints } = await k8or(driver, ['app', 'rollback', 'back', '--reason', 'proof', '--wait'])
      expect({ code, complaints }).toEqual({ code: 0, complaints: [] })
      const web = await driver.hub.get('apps/v1/Deployment', 'default/back')
      expect(valueAt(web, 'spec.template.spec.containers.0.image')).toBe('shop/back:0')
    })
    await taken
    await allIsWell()
  }, 180_000)

  it('C132.3 without ChartStore: webhooks are taken, drift is put back; what was pushed is rendered afterwards', async () => {
    await without('chartstore', async () => {
      await shop.pushed()
      await shop.drift()
      await shop.untilPutBack()
      await areNotAnswered(['release list shop', 'image policies shop'], /chartstore/i)
    })
    await allIsWell()
  }, 180_000)

  it('C132.3 without SyncMaster: releases are rendered, nothing is changed or put back, questions about applications are refused', async () => {
    await without('syncmaster', async () => {
      await shop.drift()
      await untilTraced(mesh().driver, await shop.pushed(), 'release.rendered')
      await areNotAnswered(['app get shop', 'app sync shop', 'why shop'], /syncmaster/i)
      expect(await shop.isUntouched()).toBe(true)
    })
    await allIsWell()
  }, 180_000)

  it('C132.3 without AccessPoint: webhooks are taken and rendered, and nobody changes anything', async () => {
    await without('accesspoint', async () => {
      await shop.drift()
      const commit = await shop.pushed()
      const isRendered = ({ type, data }: Fact<unknown>): boolean =>
        type.includes('release.rendered') && JSON.stringify(data).includes(commit)
      await eventually(async () => (await storedFacts(mesh(), 'FACTS')).some(isRendered), { timeoutMs: 60_000 })
      await areNotAnswered(['app get shop', 'cluster list', 'trace shop'], /can not be reached/)
      expect(await shop.isUntouched()).toBe(true)
    })
    await allIsWell()
  }, 180_000)

  it('C132.3 without InsightHub: pushes are applied and drift is put back; waves wait for its verdicts, and go on afterwards', async () => {
    const { driver } = mesh()
    const files = (version: string) => ({
      'app/first.yaml': slowly(wave(deployment('waved-first', `shop/waved:${version}`, 1), 0), 500),
      'app/second.yaml': wave(configMap('waved', version), 1),
    })
    const repository: DrivenRepository = await driver.deploy('waved', files('1'))
    await without('insighthub', async () => {
      await repository.push(files('2'))
      await shop.drift()
      await shop.pushed()
      await shop.untilApplied()
      await shop.untilPutBack()
      await driver.application('waved', (one) => operation(one, 'message').startsWith('waiting for'), 60_000)
      await areNotAnswered(['trace shop', 'lead-times', 'app tree shop', 'dead-letters list'], /insighthub/i)
      expect((await driver.hub.get('v1/ConfigMap', 'default/waved'))?.data).toEqual({ value: '1' })
    })
    await driver.untilApplied('waved', '2', 60_000)
    await allIsWell()
  }, 180_000)
})
