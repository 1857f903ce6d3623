import type { ApplicationRecord, ApplicationRef } from '@k8or/contracts'
import { ApplicationIndex } from '../applications/application-index'
import type { Archive, ArchivedRelease } from './archive'
import { Retention } from './retention'

const refOf = (uid: string): ApplicationRef => ({ uid, namespace: 'argocd', name: uid, project: 'default' })
const { signal } = new AbortController()

/** Rows and manifests in memory; each release has manifests of its own unless it is told otherwise. */
class Shelf implements Archive {
  stored: ArchivedRelease[] = []
  blobs = new Set<string>()

  add(uid: string, releases: number, digestOf = (release: number) => `${uid}-${release}`): void {
    const numbers = Array.from({ length: releases }, (_, index) => index + 1)
    const row = (release: number, isNewest: boolean) => ({
      ...{ application: refOf(uid), release, isNewest, digest: digestOf(release), readsDigest: '' },
    })
    this.stored.push(...numbers.map((release) => row(release, false)), row(releases, true))
    for (const number of numbers) this.blobs.add(digestOf(number))
  }

  numbers = (uid: string) =>
    this.stored.filter((row) => row.application.uid === uid && !row.isNewest).map(({ release }) => release)
  rows = () => Promise.resolve([...this.stored])
  digests = () => Promise.resolve([...this.blobs])
  removeManifests = (digest: string) => Promise.resolve(this.blobs.delete(digest))

  remove(uid: string, release: number): Promise<void> {
    this.stored = this.stored.filter((row) => row.isNewest || row.application.uid !== uid || row.release !== release)
    return Promise.resolve()
  }

  forget(uid: string): Promise<void> {
    this.stored = this.stored.filter((row) => row.application.uid !== uid)
    return Promise.resolve()
  }
}

describe('services/chartstore/src/domain/retention/retention', () => {
  let shelf: Shelf
  let index: ApplicationIndex
  let runs: Map<string, readonly number[]>
  let retention: Retention

  const declare = (uid: string) =>
    index.put({
      record: { ref: refOf(uid), sources: [] } as unknown as ApplicationRecord,
      revision: 1,
      factId: '',
      correlationId: '',
    })
  const deployments = {
    of: ({ uid }: ApplicationRef) => {
      const found = runs.get(uid)
      return found ? Promise.resolve(found) : Promise.reject(new Error('syncmaster is away'))
    },
  }

  beforeEach(() => {
    shelf = new Shelf()
    index = new ApplicationIndex()
    runs = new Map()
    retention = new Retention(index, shelf, deployments, 2)
  })

  it('keeps the newest, what runs, and so many more', async () => {
    declare('shop')
    shelf.add('shop', 8)
    runs.set('shop', [2])
    expect(await retention.sweep(signal)).toMatchObject({ releases: 4, manifests: 4, gone: [], unknown: [] })
    expect(shelf.numbers('shop')).toEqual([2, 6, 7, 8])
    expect(shelf.blobs).toEqual(new Set(['shop-2', 'shop-6', 'shop-7', 'shop-8']))
    expect(await retention.sweep(signal)).toMatchObject({ releases: 0, manifests: 0 })
  })

  it('removes manifests only when no release of any application refers to them', async () => {
    for (const uid of ['one', 'two']) {
      declare(uid)
      runs.set(uid, [])
    }
    shelf.add('one', 6, (release) => (release === 1 ? 'shared' : `one-${release}`))
    shelf.add('two', 2, () => 'shared')
    await retention.sweep(signal)
    expect(shelf.numbers('one')).toEqual([4, 5, 6])
    expect(shelf.blobs).toEqual(new Set(['shared', 'one-4', 'one-5', 'one-6']))
  })

  it('removes manifests that a killed process left behind', async () => {
    shelf.blobs.add('of nobody')
    await retention.sweep(signal)
    expect(shelf.blobs).toEqual(new Set())
  })

  it('keeps everything of an application when nobody can say what runs, and goes on with the others', async () => {
    for (const uid of ['dark', 'shop']) {
      declare(uid)
      shelf.add(uid, 6)
    }
    runs.set('shop', [6])
    const { unknown } = await retention.sweep(signal)
    expect(unknown).toEqual([{ uid: 'dark', reason: 'syncmaster is away' }])
    expect([shelf.numbers('dark').length, shelf.numbers('shop')]).toEqual([6, [4, 5, 6]])
  })

  it('takes an application for removed once it was missing twice, and forgets only then', async () => {
    shelf.add('late', 1)
    shelf.add('gone', 6)
    expect((await retention.sweep(signal)).gone).toEqual([])
    await retention.forget('gone')
    expect(shelf.numbers('gone')).toHaveLength(6)
    declare('late')
    expect((await retention.sweep(signal)).gone).toEqual(['gone'])
    for (const uid of ['gone', 'late']) await retention.forget(uid)
    await retention.sweep(signal)
    expect([shelf.stored.length, shelf.blobs]).toEqual([2, new Set(['late-1'])])
  })

  it('leaves an application alone that is declared again', async () => {
    shelf.add('back', 1)
    await retention.sweep(signal)
    expect((await retention.sweep(signal)).gone).toEqual(['back'])
    declare('back')
    await retention.forget('back')
    expect(shelf.numbers('back')).toEqual([1])
  })
})
