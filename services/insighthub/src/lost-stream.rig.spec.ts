import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { applicationRecord, releaseRendered } from '@k8or/contracts'
import { Traces } from '@k8or/contracts/rpc/insighthub/v1/traces'
import { eventually, removeDir, startBusBench, tempDir, type BusBench } from '@k8or/rig'
import type { ServiceApp } from '@k8or/shell'
import { createApp } from '.'

const application = { uid: 'shop', namespace: 'argocd', name: 'shop', project: 'default' }
const destination = { server: 'https://kubernetes.default.svc', name: '', namespace: 'default' }
const timeoutMs = 30_000

describe('services/insighthub/src/lost-stream.rig', () => {
  const dir = tempDir('lost-stream')
  let bench: BusBench
  let app: ServiceApp

  const start = () => {
    const index = { file: join(dir, 'index.db'), maxAgeMs: 1e10, maxBytes: 1e9 }
    return bench.start('insighthub', (links) => createApp({ index, silenceMs: 60_000 }, links))
  }
  const declare = async () => {
    const row = { ref: application, token: 'shop', bucket: 1, destination, sources: [], specDigest: '', refresh: '' }
    await bench.bus('syncmaster').records(applicationRecord).put(application.uid, row)
  }
  const release = async (id: string) => {
    const inputs = { digest: id, inputDigest: id, sources: [], objects: 1, images: [], warnings: [] }
    const draft = { id, token: 'shop', time: new Date(), causes: [], actor: 'git:ann' }
    const data = { application, release: 1, ...inputs }
    await bench.bus('chartstore').publisher.publish(releaseRendered, { ...draft, data })
  }
  const trace = () =>
    bench.calls
      .as('spiffe://k8or.mesh/svc/accesspoint')
      .to('insighthub', Traces)
      .getTrace({
        of: { case: 'application', value: 'shop' },
      })
  const traced = (id: string) =>
    eventually(
      async () => {
        const answer = await trace().catch(() => undefined)
        return answer?.hops[0]?.id === id && answer
      },
      { timeoutMs, what: `the trace of ${id}` },
    )
  /** The directory of JetStream is gone; the streams are made anew, and their sequences begin at one. */
  const loseEverything = async () => {
    await bench.nats.process.stop('SIGKILL')
    rmSync(join(dir, 'nats', 'data'), { recursive: true, force: true })
    await bench.nats.process.start()
    await bench.nats.provision()
    await declare()
  }

  beforeAll(async () => {
    bench = await startBusBench(dir)
    await declare()
    app = await start()
  }, 60_000)

  afterAll(async () => {
    await app.stop()
    await bench.stop()
    removeDir(dir)
  }, 30_000)

  it('follows a stream that was made anew while it runs, and says what history was lost (C32.1)', async () => {
    for (const id of ['lost-1', 'lost-2', 'lost-3']) await release(id)
    expect((await traced('lost-1')).gaps).toEqual([])
    await loseEverything()
    await release('after')
    const { gaps, hops } = await traced('after')
    expect(hops.map(({ id }) => id)).toEqual(['after'])
    expect(gaps).toMatchObject([{ stream: 'FACTS', cause: 'stream lost', facts: 3n }])
    expect(gaps[0]?.message).toMatch(/^3 facts of FACTS from .* were lost: at .* the stream was another one$/)
  }, 60_000)

  it('sees at its start that the stream is another one, though it holds more than was read', async () => {
    await app.stop()
    await loseEverything()
    for (const id of ['new-1', 'new-2', 'new-3']) await release(id)
    app = await start()
    const { gaps } = await traced('new-1')
    expect(gaps.map(({ facts }) => Number(facts))).toEqual([3, 1])
  }, 60_000)
})
