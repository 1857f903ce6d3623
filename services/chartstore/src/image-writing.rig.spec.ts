import { imageBuilt, imageKey, imageRecord, imageToken } from '@k8or/contracts'
import { Clusters } from '@k8or/contracts/rpc/accesspoint/v1/clusters'
import { Images } from '@k8or/contracts/rpc/chartstore/v1/images'
import { eventually, removeDir, startBusBench, tempDir, type BusBench } from '@k8or/rig'
import type { ServiceApp } from '@k8or/shell'
import { join } from 'node:path'
import { createApp, loadConfig } from '.'
import { GitPeer } from '../test/git-peer'

const imageOf = (name: string) => `ghcr.io/shop/${name}`
const pod = (name: string, tag: string, note = 'by hand') =>
  `# ${note}\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: web, image: "${imageOf(name)}:${tag}"}\n`
const path = 'app/pod.yaml'

describe('services/chartstore/src/image-writing.rig', () => {
  const dir = tempDir('image-writing')
  let bench: BusBench
  let app: ServiceApp
  let peers: Record<'kept' | 'passed' | 'gone', GitPeer>

  /** An application whose policy was looked at, so that what is pushed from now on is judged. */
  const open = async (peer: GitPeer) => {
    await peer.push({ [path]: pod(peer.name, '1.0.0') })
    await peer.observe()
    const sources = [{ repoURL: peer.url, path: 'app', targetRevision: 'main' }]
    await bench.declare({ uid: peer.name, sources, imagePolicy: { 'image-list': `web=${imageOf(peer.name)}:~1` } })
    await eventually(() => bench.facts.some(({ type, token }) => type.includes('rendered') && token === peer.name))
    await eventually(async () => (await policyOf(peer)).newest === '1.0.0')
  }

  const pushImage = async (name: string, tag: string) => {
    const image = { name: imageOf(name), token: imageToken(imageOf(name)) }
    const time = new Date()
    const factId = `image.built/${name}/${tag}`
    const digest = `sha256:${'a'.repeat(64)}`
    const data = { image, tag, digest, ordinal: 1, via: 'ci' as const, builtAt: null, source: null }
    const more = { factId, correlationId: factId, causes: [], announced: true, observedAt: time.toISOString() }
    const codesource = bench.bus('codesource')
    const row = { ...data, ...more, firstDigest: digest, moved: false }
    await codesource.records(imageRecord).put(imageKey(image.token, tag), row)
    const draft = { id: factId, token: image.token, time, causes: [], actor: 'service:codesource' }
    await codesource.publisher.publish(imageBuilt, { ...draft, data })
  }

  const policyOf = async ({ name }: GitPeer) => {
    const images = bench.calls.as('spiffe://k8or.mesh/svc/accesspoint').to('chartstore', Images)
    const { policies } = await images.listPolicies({ namespace: 'argocd', name })
    return policies[0]!
  }
  const selectedOf = ({ name }: GitPeer) =>
    bench.facts.filter(({ type, token }) => type.includes('image.considered') && token === name)

  beforeAll(async () => {
    bench = await startBusBench(dir)
    const create = (name: string) => GitPeer.create(bench, join(dir, 'git'), name)
    peers = { kept: await create('kept'), passed: await create('passed'), gone: await create('gone') }
    GitPeer.serve(bench, Object.values(peers))
    bench.calls.serve('accesspoint', (router) => {
      router.service(Clusters, { getCapabilities: () => ({ version: 'v1.36.3', apiVersions: ['v1'] }) })
    })
    for (const peer of Object.values(peers)) peer.tags = ['1.0.0']
    const config = loadConfig({ K8OR_REDIS_URL: bench.redis.url, K8OR_REGISTRY_INTERVAL_MS: '300' })
    app = await bench.start('chartstore', (links) => createApp(config, links))
  }, 60_000)

  afterAll(async () => {
    await app.stop()
    await bench.stop()
    removeDir(dir)
  }, 30_000)

  it('reads again and asks again when somebody changed the file in between, and keeps what they wrote', async () => {
    const { kept } = peers
    await open(kept)
    await kept.push({ [path]: pod('kept', '1.0.0', 'by a rival') })
    kept.tags = ['1.0.0', '1.1.0']
    await pushImage('kept', '1.1.0')
    await eventually(async () => `${await kept.file(path)}\n` === pod('kept', '1.1.0', 'by a rival'))
    expect(kept.asked.map(({ outcome }) => outcome)).toEqual(['changed', 'committed'])
    expect(kept.asked[0]?.baseId).not.toBe(kept.asked[1]?.baseId)
    expect(await kept.subjects()).toEqual([`update ${imageOf('kept')} to 1.1.0`, 'by hand', 'by hand'])
    expect(selectedOf(kept)).toHaveLength(1)
  }, 60_000)

  it('decides again too: what a rival wrote meanwhile and is newer stays', async () => {
    const { passed } = peers
    await open(passed)
    await passed.push({ [path]: pod('passed', '1.2.0') })
    passed.tags = ['1.0.0', '1.1.0']
    await pushImage('passed', '1.1.0')
    await eventually(() => passed.asked.length > 0)
    passed.tags = ['1.0.0', '1.1.0', '1.2.0']
    await eventually(async () => (await policyOf(passed)).current === '1.2.0')
    passed.tags.push('1.3.0')
    await pushImage('passed', '1.3.0')
    await eventually(async () => `${await passed.file(path)}\n` === pod('passed', '1.3.0'))
    expect(passed.asked.map(({ outcome }) => outcome)).toEqual(['changed', 'committed'])
    expect(await passed.subjects()).toEqual([`update ${imageOf('passed')} to 1.3.0`, 'by hand', 'by hand'])
  }, 60_000)

  it('says of a tag that vanished that it is back once the registry has it again', async () => {
    const { gone } = peers
    await open(gone)
    const stands = async (outcome: string, reason: RegExp) => {
      const policy = await policyOf(gone)
      return policy.outcome === outcome && reason.test(policy.reason)
    }
    for (const turn of [1, 2]) {
      gone.tags = ['0.9.0']
      await eventually(() => stands('failed', /1\.0\.0 is named by the files, and the registry does not have it/))
      gone.tags = ['0.9.0', '1.0.0']
      await eventually(() => stands('selected', /1\.0\.0 is in the registry again: nothing is left to do/))
      await eventually(() => selectedOf(gone).length === 2 * turn)
    }
    expect(gone.asked).toEqual([])
  }, 60_000)
})
