import { readFileSync } from 'node:fs'
import { runsHealthy, valueAt, type DrivenRepository, type MeshDriver } from '@k8or/rig'
import { condition } from './src/conditions'
import { configMap } from './src/manifests'
import { useMesh } from './src/mesh-under-test'
import { Storm } from './src/storm'

const pushes = 5
const mebibyte = 1 << 20

describe('test/e2e/storm.e2e', () => {
  const mesh = useMesh()

  /** From the push to the object changed in the cluster: the middle of several. */
  const pushed = async (driver: MeshDriver, repository: DrivenRepository, when: string): Promise<number> => {
    const times: number[] = []
    for (let run = 0; run < pushes; run++) {
      const value = `${when}-${String(run)}`
      const began = performance.now()
      await repository.push({ 'app/c.yaml': configMap('healthy', value) })
      const hasChanged = (object: unknown) => valueAt(object, 'data.value') === value
      await driver.hub.watchUntil('v1/ConfigMap', 'default/healthy', hasChanged, 60_000)
      times.push(performance.now() - began)
    }
    return times.sort((one, other) => one - other)[Math.floor(pushes / 2)] ?? 0
  }

  const residentBytes = (driver: MeshDriver): number =>
    driver.pids().reduce((sum, pid) => {
      const [, pages = '0'] = readFileSync(`/proc/${String(pid)}/statm`, 'utf8').split(' ')
      return sum + Number(pages) * 4096
    }, 0)

  it('applies a push to a healthy application in a storm of bad input, in bounded memory (A2, A16, C100.2)', async () => {
    const { driver } = mesh()
    const [healthy, broken] = [await driver.repository('healthy'), await driver.repository('stormy')]
    await healthy.commit({ 'app/c.yaml': configMap('healthy', 'first') })
    await broken.commit({ 'app/c.yaml': configMap('stormy', 'first') })
    await driver.declare({ name: 'healthy', repoUrl: healthy.url, path: 'app' })
    await driver.declare({ name: 'stormy', repoUrl: broken.url, path: 'app' })
    for (const name of ['healthy', 'stormy']) await driver.application(name, (one) => runsHealthy(one), 60_000)
    await pushed(driver, healthy, 'warm')
    const [calm, before] = [await pushed(driver, healthy, 'calm'), residentBytes(driver)]

    const storm = new Storm(driver)
    await driver.declare({ name: 'away', repoUrl: 'http://127.0.0.1:9/away.git', path: 'app' })
    storm.largeBodies()
    storm.forgedSignatures(healthy.url, 4)
    storm.brokenPushes(broken)
    await condition(driver, 'stormy', 'ComparisonError')
    const [stormy, after] = [await pushed(driver, healthy, 'stormy'), residentBytes(driver)]
    await storm.stop()

    const ratio = stormy / calm
    const grown = (after - before) / mebibyte
    const told = [...storm.answers].map(([status, count]) => `${String(count)} of ${String(status)}`).join(', ')
    process.stderr.write(
      `a push took ${calm.toFixed(0)} ms in the calm, ${stormy.toFixed(0)} ms in the storm: ${ratio.toFixed(1)} times;` +
        ` memory grew by ${grown.toFixed(0)} MiB; answers: ${told}\n`,
    )
    expect(ratio).toBeLessThan(20)
    expect(grown).toBeLessThan(300)
    expect([...storm.answers.keys()].filter((status) => ![0, 401, 413, 503].includes(status))).toEqual([])
    expect(storm.answers.get(401)).toBeGreaterThan(0)
    expect(storm.answers.get(413)).toBeGreaterThan(0)
    await driver.application('healthy', (one) => runsHealthy(one), 30_000)
  }, 180_000)
})
