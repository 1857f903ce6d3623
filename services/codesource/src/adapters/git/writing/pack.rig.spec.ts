import { git, removeDir, tempDir } from '@k8or/rig'
import { newObject } from './new-object'
import { packOf } from './pack'

describe('services/codesource/src/adapters/git/writing/pack.rig', () => {
  it('packs objects of every size as git reads them', async () => {
    const dir = tempDir('pack')
    await git(['init', '--quiet', '--bare', dir])
    const blobs = [0, 15, 16, 2_047, 2_048, 300_000].map((size) => newObject('blob', Buffer.alloc(size, size % 251)))
    const pack = await packOf([...blobs, ...blobs])
    await git(['-C', dir, 'index-pack', '--strict', '--stdin'], { input: pack })
    for (const { id, content } of blobs)
      expect(await git(['-C', dir, 'cat-file', '-s', id])).toBe(String(content.length))
    removeDir(dir)
  })
})
