import { imageBuilt } from '@k8or/contracts'
import { eventually, RegistryClient } from '@k8or/rig'
import { useMesh } from './src/mesh-under-test'
import { storedFacts } from './src/stored-facts'

describe('test/e2e/image-pushed.e2e', () => {
  const mesh = useMesh({ registry: true })

  it('a push to a real registry becomes a fact with the name, the tag and the digest of the image', async () => {
    const registry = new RegistryClient(await mesh().mesh.registry())
    const digest = await registry.push('shop/web', '1.0', { files: { version: '1.0' } })
    await registry.close()
    const built = async () => (await storedFacts(mesh(), 'FACTS')).find(({ type }) => type.includes(imageBuilt.fact))
    const fact = await eventually(built, { timeoutMs: 20_000, stepMs: 200, what: 'image.built' })
    const { host } = registry.access
    expect(fact.data).toMatchObject({ image: { name: `${host}/shop/web` }, tag: '1.0', digest, via: 'registry' })
  }, 60_000)
})
