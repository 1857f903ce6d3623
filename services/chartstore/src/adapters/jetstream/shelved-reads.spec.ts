import { ReleaseRecord } from '@k8or/contracts'
import { shelveReads, takeReads } from './shelved-reads'

const row = (count: number): ReleaseRecord =>
  ReleaseRecord.parse({
    application: { uid: 'u', namespace: 'argocd', name: 'a', project: 'default' },
    ...{ release: 1, digest: 'd', inputDigest: 'i', specDigest: 's', sources: [], objects: 1, images: [], factId: '' },
    ...{ correlationId: '', renderedAt: new Date(0).toISOString() },
    reads: Array.from({ length: count }, (_, index) => ({ source: 0, path: `base/${index}.yaml`, id: 'x'.repeat(40) })),
  })

describe('services/chartstore/src/adapters/jetstream/shelved-reads', () => {
  const stored = new Map<string, string>()
  let puts = 0
  const shelf = {
    put: (digest: string, text: string) => {
      stored.set(digest, text)
      puts++
      return Promise.resolve()
    },
    get: (digest: string) => Promise.resolve(stored.has(digest) ? Buffer.from(stored.get(digest) ?? '') : undefined),
  }

  it('leaves short lists in the row', async () => {
    expect(await shelveReads(row(3), shelf)).toEqual(row(3))
    expect(stored.size).toBe(0)
  })

  it('keeps rows below 4 KiB: long lists lie beside them, stored once', async () => {
    const shelved = await shelveReads(row(500), shelf)
    expect(JSON.stringify(shelved).length).toBeLessThan(1_000)
    const taken = await takeReads(shelved, shelf)
    expect(taken.reads).toEqual(row(500).reads)
    expect(await shelveReads(taken, shelf)).toEqual(shelved)
    expect(puts).toBe(1)
  })

  it('a lost list only makes the release be rendered anew', async () => {
    expect(await takeReads({ ...row(0), readsDigest: 'lost' }, shelf)).toMatchObject({ reads: [] })
  })
})
