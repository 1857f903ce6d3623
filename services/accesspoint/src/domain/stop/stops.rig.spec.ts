import { stopRecord } from '@k8or/contracts'
import { Stops } from '@k8or/contracts/rpc/accesspoint/v1/stops'
import type { KubeError } from '@k8or/cluster-client'
import { describeError, Later } from '@k8or/outcome'
import { eventually } from '@k8or/rig'
import { configMap, GateUnderTest, under } from '../../../test/gate-under-test'

const signal = new AbortController().signal
const namespaces = { group: '', version: 'v1', kind: 'Namespace' }

describe('services/accesspoint/src/domain/stop/stops.rig', () => {
  let gate: GateUnderTest
  let far = ''
  let near = ''

  beforeAll(async () => {
    gate = await GateUnderTest.create('accesspoint-stops')
    far = await gate.application('far', 'default', { name: 'far', namespace: 'shop' })
    near = await gate.application('near', 'default', { name: 'in-cluster', namespace: 'default' })
  }, 90_000)

  afterAll(() => gate.stop(), 30_000)

  /** As the people's door passes an administrator's calls on. */
  const asked = { headers: { 'k8or-actor': 'user:admin' } }
  const door = () => gate.access.calls.as('spiffe://k8or.mesh/svc/accesspoint').to('accesspoint', Stops)
  const raise = (cluster: string, reason: string) => door().raise({ cluster, reason }, asked)
  const lift = (cluster: string, reason: string) => door().lift({ cluster, reason }, asked)
  const applyFar = () => gate.clusters.apply('far', configMap('held', 'shop'), under(far))
  const applyNear = () => gate.clusters.apply('in-cluster', configMap('held'), under(near))
  const stopped = (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => false,
      (error: unknown) => (error as KubeError).reason === 'Stopped',
    )

  it('holds back what is made for applications on one cluster, with who and why, and nothing elsewhere', async () => {
    const { stop } = await raise('far', 'the database burns')
    expect(stop).toMatchObject({ cluster: 'far', actor: 'user:admin', reason: 'the database burns' })
    await expect(applyFar()).rejects.toThrow(
      /cluster far was stopped by user:admin at .*: the database burns; .*emergency-stop lift/,
    )
    await applyNear()
    const dry = { ...under(far), dryRun: true }
    await gate.clusters.apply('far', configMap('held', 'shop'), dry)
    expect((await gate.clusters.list('far', namespaces, { signal })).length).toBeGreaterThan(0)
    await lift('far', 'it is out')
    await applyFar()
  }, 30_000)

  it('holds everything back but what people do themselves and the status that tells of it', async () => {
    await raise('', 'all hands')
    expect(await Promise.all([stopped(applyFar()), stopped(applyNear())])).toEqual([true, true])
    const patch = { status: { sync: { status: 'OutOfSync' } } }
    const application = {
      group: 'argoproj.io',
      version: 'v1alpha1',
      kind: 'Application',
      namespace: 'argocd',
      name: 'far',
    }
    await gate.clusters.mergePatch('in-cluster', application, patch, { signal })
    expect((await door().list({})).stops).toMatchObject([{ cluster: '', reason: 'all hands' }])
  })

  it('stands after a restart, and lets nothing through before it is known again', async () => {
    await gate.access.stop()
    await gate.start(() => process.kill(gate.bus.process.pid, 'SIGSTOP'))
    const unread = ['who owns which applications was not read yet', 'whether an emergency stop stands was not read yet']
    try {
      await eventually(() => gate.access.app.readiness().reasons.join() === unread.join(), { timeoutMs: 20_000 })
      const refused = await applyFar().catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(Later)
      expect(describeError(refused)).toContain('whether an emergency stop stands was not read')
    } finally {
      process.kill(gate.bus.process.pid, 'SIGCONT')
    }
    await eventually(() => stopped(applyFar()), { timeoutMs: 20_000 })
    await lift('', 'over')
    await applyFar()
  }, 60_000)

  it('is raised and lifted by people only, for a reason, where there is something to stop', async () => {
    const service = gate.access.calls.as('spiffe://k8or.mesh/svc/syncmaster').to('accesspoint', Stops)
    await expect(service.raise({ reason: 'I say so' })).rejects.toThrow('by people only')
    await expect(raise('', ' ')).rejects.toThrow('reason: must not be empty')
    await expect(raise('nowhere', 'x')).rejects.toThrow('no cluster has the name or server nowhere')
    await expect(lift('', 'x')).rejects.toThrow('no emergency stop stands for the mesh')
  })

  it('tells of it in facts and access records', async () => {
    const said = await gate.facts('FACTS')
    const stops = said.filter(({ type }) => type.includes('.stop.'))
    expect(stops.map(({ type, actor, data }) => [type, actor, data])).toEqual([
      ['dev.k8or.stop.raised.v1', 'user:admin', { cluster: 'far', reason: 'the database burns' }],
      ['dev.k8or.stop.lifted.v1', 'user:admin', { cluster: 'far', reason: 'it is out' }],
      ['dev.k8or.stop.raised.v1', 'user:admin', { cluster: '', reason: 'all hands' }],
      ['dev.k8or.stop.lifted.v1', 'user:admin', { cluster: '', reason: 'over' }],
    ])
    await eventually(async () => {
      const records = (await gate.facts('ACCESS')).map(({ data }) => data as { rule: string; reason: string })
      return records.some(({ rule, reason }) => rule === 'emergency-stop:mesh' && reason === 'over')
    })
  })

  it('stands though the bus lost everything, is written down again there, and stays lifted afterwards', async () => {
    await raise('far', 'the disk burns')
    await gate.loseBus()
    await eventually(() => stopped(applyFar()), { timeoutMs: 20_000 })
    const syncmaster = await gate.connect('syncmaster')
    const told = async () => (await syncmaster.records(stopRecord).list()).map(({ value }) => value.reason)
    await eventually(async () => (await told()).includes('the disk burns'), { timeoutMs: 60_000 })
    await gate.access.stop()
    await gate.start()
    expect(await stopped(applyFar())).toBe(true)
    await lift('far', 'it is out')
    await applyFar()
    expect(await told()).toEqual([])
    await syncmaster.close()
  }, 120_000)
})
