import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Bus } from '@k8or/jetstream'
import { eventually, valueAt, type ManagedProcess } from '@k8or/rig'
import { busAs } from './src/bus-as'
import { Fleet, Holders } from './src/fleet'
import { useMesh } from './src/mesh-under-test'

const leaseMs = 5_000
const size = 12
const pauses = 3

/** The name under which a replica of SyncMaster holds leases: it keeps that in its state directory. */
function holderName({ logFile }: ManagedProcess): string {
  const file = join(dirname(logFile), '../mesh/syncmaster/incarnation.json')
  const { holder } = JSON.parse(readFileSync(file, 'utf8')) as { holder: string }
  return holder.replace(/[^-=\w]/g, '_')
}

function tell(what: string, since: number): void {
  process.stderr.write(`${what}: ${((performance.now() - since) / 1000).toFixed(2)} s\n`)
}

describe('test/e2e/replicas.e2e', () => {
  const mesh = useMesh({ mode: 'processes', environment: { K8OR_LEASE_TTL_MS: String(leaseMs) } })
  const syncedBy = ({ logFile }: ManagedProcess): number => readFileSync(logFile, 'utf8').split('"synced"').length - 1
  let bus: Bus
  let holders: Holders
  let fleet: Fleet
  let first: ManagedProcess
  let second: ManagedProcess

  beforeAll(async () => {
    const { driver, mesh: running } = mesh()
    bus = await busAs('accesspoint', mesh())
    holders = new Holders(bus)
    first = running.processes.get('syncmaster')!
    fleet = await Fleet.start(driver, 'fleet', size)
  }, 300_000)
  afterAll(() => bus.close())

  /** Each Deployment was changed once for each push. */
  const expectOnce = async (of: Fleet): Promise<void> =>
    expect(await of.generations()).toEqual(of.names.map(() => of.version))

  /** Ends the second replica in the middle of a push: the first carries on with all of it, and with the next one. */
  const goesOnWithout = async (how: string, end: (began: number) => Promise<void>): Promise<void> => {
    await fleet.push()
    const began = performance.now()
    await end(began)
    expect(await holders.shared(1)).toEqual([holderName(first)])
    tell(`a replica was ${how}, and its buckets were taken over`, began)
    await fleet.run()
    await fleet.push()
    await fleet.run()
    await expectOnce(fleet)
    await second.start()
    await holders.shared(2)
  }

  it('C56.5 a replica joins while pushes go on: it takes half of the applications, and each push is applied once', async () => {
    expect(await holders.shared(1)).toEqual([holderName(first)])
    const began = performance.now()
    const joining = mesh().mesh.addReplica('syncmaster')
    const state = { isShared: false }
    const sharing = joining.then(() => holders.shared(2)).finally(() => (state.isShared = true))
    do {
      await fleet.push()
      await fleet.applied()
    } while (!state.isShared)
    ;[second] = await Promise.all([joining, sharing])
    tell('from the start of a replica until it has its half', began)
    const before = syncedBy(second)
    await fleet.push()
    await fleet.run()
    await expectOnce(fleet)
    expect(syncedBy(second)).toBeGreaterThan(before)
  }, 180_000)

  it('C56.5 a replica that stops gives its work back before it ends, in the middle of a push, which is applied once', async () => {
    const leaving = holderName(second)
    await goesOnWithout('stopped', async (began) => {
      await second.stop()
      expect([...(await holders.counts()).keys()]).not.toContain(leaving)
      tell('a replica stopped, and owned nothing any more', began)
    })
  }, 180_000)

  it('C56.5 the work of a replica that is killed goes on elsewhere when its lease is over, and each push is applied once', async () => {
    await goesOnWithout('killed', () => second.stop('SIGKILL'))
  }, 180_000)

  it('C56.5 a replica that is paused in the middle of a sync, beyond its lease, changes nothing when it wakes up', async () => {
    const { driver } = mesh()
    const large = await Fleet.start(driver, 'paused', 1, 50)
    const [name = ''] = large.names
    const [early = ''] = large.configMaps(name)
    const uid = (await driver.application(name, () => true))?.metadata.uid ?? ''
    let cutOff = 0
    for (let round = 0; round < pauses; round++) {
      const owner = await eventually(async () => {
        const holder = await holders.of(uid)
        return [first, second].find((one) => holderName(one) === holder)
      })
      await large.push()
      await driver.untilApplied(early, String(large.version))
      owner.kill('SIGSTOP')
      try {
        const image = 'spec.template.spec.containers.0.image'
        const deployed = valueAt(await driver.hub.get('apps/v1/Deployment', `default/${name}`), image)
        if (deployed !== `shop/fleet:${String(large.version)}`) cutOff += 1
        await holders.shared(1)
        await large.run()
        await large.push()
        await large.run()
        await expectUnchangedWhile([large, fleet], async () => {
          owner.kill('SIGCONT')
          await holders.shared(2)
          await large.run()
        })
      } finally {
        owner.kill('SIGCONT')
      }
    }
    await Promise.all([large, fleet].map(expectOnce))
    process.stderr.write(`${String(cutOff)} of ${String(pauses)} pauses came in the middle of a sync\n`)
    expect(cutOff).toBeGreaterThan(0)
  }, 400_000)

  const expectUnchangedWhile = async (fleets: readonly Fleet[], act: () => Promise<void>): Promise<void> => {
    const versions = () => Promise.all(fleets.map((one) => one.resourceVersions()))
    const before = await versions()
    await act()
    expect(await versions()).toEqual(before)
  }
})
