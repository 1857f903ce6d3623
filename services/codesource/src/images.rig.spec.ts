import { deliveryReceived, imageBuilt, imageKey, imageRecord, imageToken, tagMoved } from '@k8or/contracts'
import { Images } from '@k8or/contracts/rpc/codesource/v1/images'
import { eventually, RegistryClient, startRegistry, type RegistryServer } from '@k8or/rig'
import { NotFoundError } from '@k8or/rpc'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodeSourceUnderTest, hush } from '../test/code-source-under-test'

const commit = 'c'.repeat(40)
const repository = 'https://git.example/shop/web.git'

describe('services/codesource/src/images.rig', () => {
  let mesh: CodeSourceUnderTest
  let registry: RegistryServer
  let client: RegistryClient

  /** What a pipeline sends; the id of the run is the id of the event. */
  const ci = (id: string, data: object, headers: Record<string, string> = {}) =>
    mesh.post(
      { 'content-type': 'application/cloudevents+json', authorization: `Bearer ${hush.ci}`, ...headers },
      { specversion: '1.0', id, source: '/ci', type: 'image.built', data },
    )
  const record = async (path: string, tag: string) => {
    const chartstore = await mesh.connect('chartstore')
    const key = imageKey(imageToken(`${registry.host}/${path}`), tag)
    return (await chartstore.records(imageRecord).get(key))?.value
  }

  beforeAll(async () => {
    mesh = await CodeSourceUnderTest.start()
    const ca = join(mesh.dir, 'ca.pem')
    writeFileSync(ca, mesh.nats.ca)
    const notify = { url: `https://localhost:${mesh.port}/api/webhook`, token: hush.registry, ca }
    registry = await startRegistry({ dir: join(mesh.dir, 'registry'), notify })
    client = new RegistryClient(registry)
    mesh.registry = registry
  }, 60_000)

  afterAll(async () => {
    await client.close()
    await registry.stop()
    await mesh.stop()
  }, 30_000)

  it('tells of a tag that was pushed, as the registry tells it', async () => {
    const digest = await client.push('shop/web', 'v1')
    const fact = await mesh.until(imageBuilt, ({ image }) => image.name === `${registry.host}/shop/web`)
    expect(fact).toMatchObject({ actor: 'webhook:registry', data: { tag: 'v1', digest, ordinal: 1, via: 'registry' } })
    const delivery = mesh.told(deliveryReceived).find(({ id }) => fact.causes.includes(id))
    expect(delivery?.data).toMatchObject({ provider: 'registry', event: 'image' })
    expect(fact.correlationId).toBe(delivery?.id)
    expect(await eventually(() => record('shop/web', 'v1'))).toMatchObject({ digest, firstDigest: digest })
  })

  it('keeps tag, digest and commit as one record when a pipeline tells of them, and takes it once (C96.1)', async () => {
    const digest = `sha256:${'1'.repeat(64)}`
    const data = { image: `${registry.host}/shop/built`, tag: 'v1', digest, repository, commit }
    expect(await ci('run-1', data)).toMatchObject({ status: 200, result: 'accepted' })
    const fact = await mesh.until(imageBuilt, ({ image }) => image.name === data.image)
    expect(fact.data).toMatchObject({ digest, source: { commit, repository: { url: repository } } })
    expect(await ci('run-1', data)).toMatchObject({ status: 200, result: 'duplicate' })
    expect(await eventually(() => record('shop/built', 'v1'))).toMatchObject({ tag: 'v1', digest, source: { commit } })
  })

  it('asks the registry for a digest that the pipeline does not know', async () => {
    const digest = await client.push('shop/asked', 'v1', { files: { f: 'asked' } })
    await ci('run-2', { image: `${registry.host}/shop/asked`, tag: 'v1', repository, commit })
    await eventually(async () => (await record('shop/asked', 'v1'))?.source?.commit === commit)
    expect(await record('shop/asked', 'v1')).toMatchObject({ digest })
  })

  it('reports a tag that was pushed over, and keeps its first digest (C96.2)', async () => {
    const first = await client.push('shop/moved', 'v1', { files: { f: '1' } })
    await mesh.until(imageBuilt, ({ digest }) => digest === first)
    const second = await client.push('shop/moved', 'v1', { files: { f: '2' } })
    const moved = await mesh.until(tagMoved, ({ image }) => image.name === `${registry.host}/shop/moved`)
    expect(moved.data).toMatchObject({ tag: 'v1', digest: first, pushed: second, ordinal: 2 })
    expect((await mesh.until(imageBuilt, ({ digest }) => digest === second)).data.ordinal).toBe(2)
    expect(await record('shop/moved', 'v1')).toMatchObject({ firstDigest: first, digest: second })
  })

  it('makes nothing of a tag that vanished, and takes what comes next', async () => {
    const gone = await client.push('shop/gone', 'v1', { files: { f: 'gone' } })
    await mesh.until(imageBuilt, ({ digest }) => digest === gone)
    await client.removeTag('shop/gone', 'v1')
    await ci('run-3', { image: `${registry.host}/shop/gone`, tag: 'v2' })
    const digest = `sha256:${'2'.repeat(64)}`
    await ci('run-4', { image: `${registry.host}/shop/next`, tag: 'v1', digest })
    await mesh.until(imageBuilt, (built) => built.digest === digest)
    expect(await record('shop/gone', 'v2')).toBeUndefined()
  })

  it('refuses strangers, and names the field that is wrong (C100.2)', async () => {
    const data = { image: 'ghcr.io/shop/web', tag: 'v1', digest: 'sha256:1' }
    expect(await ci('run-5', data, { authorization: 'Bearer guess' })).toMatchObject({ status: 401, result: 'refused' })
    const wrong = await ci('run-5', data)
    expect(wrong).toMatchObject({ status: 400, message: expect.stringContaining('field data.digest') })
    expect(mesh.told(imageBuilt).some(({ data: { image } }) => image.name === data.image)).toBe(false)
  })

  it('does not lose what it had noted when it is killed', async () => {
    const digest = `sha256:${'3'.repeat(64)}`
    const sent = ci('run-6', { image: `${registry.host}/shop/kept`, tag: 'v1', digest })
    await sent
    await mesh.stopApp()
    await mesh.startApp()
    await mesh.until(imageBuilt, (built) => built.digest === digest)
    expect(mesh.told(imageBuilt).filter(({ data }) => data.digest === digest)).toHaveLength(1)
  }, 20_000)

  it('answers for tags and what they name', async () => {
    const images = mesh.callsOf('chartstore').to('codesource', Images)
    const created = '2026-01-02T03:04:05.000Z'
    const digest = await client.push('shop/tags', 'v1', { created })
    const image = `${registry.host}/shop/tags`
    expect((await images.listTags({ image })).tags).toEqual(['v1'])
    const described = await images.describe({ image, tags: ['v2', 'v1'] })
    expect(described.images).toMatchObject([
      { tag: 'v2', digest: '' },
      { tag: 'v1', digest, createdAt: created, platforms: ['linux/amd64'] },
    ])
    await expect(images.listTags({ image: `${registry.host}/shop/none` })).rejects.toThrow(NotFoundError)
    await expect(images.describe({ image, tags: ['../x'] })).rejects.toThrow('can not be a tag')
  })
})
