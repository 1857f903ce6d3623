import {
  manifestStore,
  releaseKey,
  releaseRecord,
  releaseRendered,
  repositoryToken,
  revisionKey,
  revisionRecord,
} from '@k8or/contracts'
import { Trees } from '@k8or/contracts/rpc/codesource/v1/trees'
import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { eventually, removeDir, startBusBench, tempDir, type BusBench } from '@k8or/rig'
import type { ServiceApp } from '@k8or/shell'
import { createApp, loadConfig } from '.'

const repoURL = 'https://git.example/shop.git'
const key = revisionKey(repositoryToken(repoURL), 'main')
const never = new Promise<never>(() => undefined)

describe('services/chartstore/src/retention.rig', () => {
  const dir = tempDir('retention')
  let bench: BusBench
  let app: ServiceApp
  let isHanging = false

  const rows = (uid: string) => bench.bus('chartstore').records(releaseRecord).list(`${uid}.*`)
  const numbers = async (uid: string) =>
    (await rows(uid)).filter(({ key }) => !key.endsWith('.latest')).map(({ value }) => value.release)
  const blobs = () => bench.bus('chartstore').blobs(manifestStore.bucket)
  const declare = (uid: string, version: number) =>
    bench.declare({
      uid,
      sources: [{ repoURL, path: `v${version}`, targetRevision: 'main' }],
      specDigest: `v${version}`,
    })
  /** Declares other folders of the repository one after the other: each is a release. */
  const release = async (uid: string, count: number) => {
    for (let version = 1; version <= count; version++) {
      await declare(uid, version)
      await eventually(async () => {
        const row = await bench.bus('syncmaster').records(releaseRecord).get(releaseKey(uid))
        return row?.value.release === version && row.value.announced
      })
    }
  }
  const start = (settings: Record<string, string>) =>
    bench.start('chartstore', (links) => createApp(loadConfig({ K8OR_REDIS_URL: bench.redis.url, ...settings }), links))

  beforeAll(async () => {
    bench = await startBusBench(dir)
    bench.calls.serve('codesource', (router) => {
      router.service(Trees, {
        listTrees: ({ paths }) => ({ entries: paths.map((path) => ({ path, id: `tree of ${path}`, kind: 'tree' })) }),
        readTree: ({ path }) => {
          if (isHanging) return never
          const content = Buffer.from(`apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${path}\n`)
          return { id: path, files: [{ path: 'a.yaml', id: path, content, isLink: false }] }
        },
      })
    })
    bench.calls.serve('syncmaster', (router) => {
      router.service(Applications, { history: () => ({ entries: [{ id: 2n, release: 2n }] }) })
    })
    const at = new Date().toISOString()
    await bench
      .bus('codesource')
      .records(revisionRecord)
      .put(key, {
        ...{
          repository: { url: repoURL, token: repositoryToken(repoURL) },
          targetRevision: 'main',
          ref: 'refs/heads/main',
        },
        ...{ commit: 'c0ffee', previous: null, ordinal: 1, author: '', subject: '', committedAt: at, via: 'poll' },
        ...{
          factId: 'f',
          correlationId: 'f',
          causes: [],
          announced: true,
          followed: true,
          observedAt: at,
          problem: null,
        },
      })
    app = await start({ K8OR_RELEASES_KEPT: '1', K8OR_RETENTION_INTERVAL_MS: '200' })
  }, 60_000)

  afterAll(async () => {
    await app.stop()
    await bench.stop()
    removeDir(dir)
  }, 30_000)

  it('keeps what runs, the newest and so many more, and the manifests of these alone', async () => {
    await release('shop', 6)
    await eventually(async () => (await numbers('shop')).length === 3, { what: 'old releases to go' })
    expect(await numbers('shop')).toEqual([2, 5, 6])
    const digests = bench.facts
      .filter(({ type }) => type.includes('release.rendered'))
      .map(({ data }) => releaseRendered.schema.parse(data).digest)
    const stored = async () => {
      const found = await Promise.all(digests.map((digest) => blobs().get(digest)))
      return found.flatMap((blob, index) => (blob ? [index + 1] : []))
    }
    await eventually(async () => (await stored()).length === 3, { what: 'manifests to go' })
    expect(await stored()).toEqual([2, 5, 6])
  }, 60_000)

  it('does not wait for an answer when it stops', async () => {
    isHanging = true
    await declare('hangs', 7)
    await eventually(() => bench.facts.some(({ token }) => token === 'hangs'))
    const began = performance.now()
    await app.stop()
    expect(performance.now() - began).toBeLessThan(5_000)
    isHanging = false
    app = await start({ K8OR_RELEASES_KEPT: '1', K8OR_RETENTION_INTERVAL_MS: '200' })
    await eventually(async () => (await numbers('hangs')).length === 1, { what: 'the look that was cut off' })
  }, 30_000)
})
