import { bucketCount, bucketOf, type AppliedRecord, type ApplicationRecord } from '@k8or/contracts'
import { connectBus, type Bus } from '@k8or/jetstream'
import { removeDir, startTestBus, tempDir, type TestBus } from '@k8or/rig'
import { RecordedAccounts } from './accounts'

const clock = { now: () => new Date('2026-01-01T00:00:00Z') }
const uid = 'd7a4'
const buckets = Array.from({ length: bucketCount }, (_, bucket) => bucket)

const declaration: ApplicationRecord = {
  ref: { uid, namespace: 'argocd', name: 'shop', project: 'default' },
  ...{ token: 'shop-d7a4', bucket: bucketOf(uid), sources: [], specDigest: 's', refresh: '' },
  destination: { server: 's', name: '', namespace: 'n' },
}

const applied: AppliedRecord = {
  ...{ cluster: 'in-cluster', release: 1, uid: 'u', generation: 1, desiredDigest: 'd', projectionDigest: 'p' },
  ...{ sync: 's', result: 'created' },
  object: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'n', name: 'c' },
}
const key = '/ConfigMap/n/c'

describe('services/syncmaster/src/adapters/jetstream/accounts.rig', () => {
  const dir = tempDir('accounts')
  let server: TestBus
  let bus: Bus

  beforeAll(async () => {
    server = await startTestBus(dir)
    bus = await connectBus({ url: server.url, identity: await server.identity('syncmaster'), failFast: true })
  }, 60_000)

  afterAll(async () => {
    await bus.close()
    await server.stop()
    removeDir(dir)
  })

  const owner = async (): Promise<RecordedAccounts> => {
    const accounts = new RecordedAccounts(bus, clock)
    await Promise.all(buckets.map((bucket) => accounts.gain(bucket)))
    return accounts
  }

  it('shows an account to those who do not own it, and opens it for the owner alone', async () => {
    const account = await (await owner()).open(uid)
    await account.saveDeclaration(declaration)
    await account.remember(key, applied)
    const elsewhere = new RecordedAccounts(bus, clock)
    const seen = await elsewhere.read(uid)
    expect(seen.declaration).toEqual(declaration)
    expect([...seen.applied]).toEqual([[key, applied]])
    await expect(elsewhere.open(uid)).rejects.toThrow(`bucket ${bucketOf(uid)} is not held`)
  })

  it('knows an application that is gone until its removal was told', async () => {
    const account = await (await owner()).open(uid)
    await account.saveDeclaration(declaration)
    const leaving = { ref: declaration.ref, token: declaration.token }
    expect(await account.leave()).toEqual(leaving)
    // Another process, as after a crash: the declaration is no more, what is to be told is.
    const after = await owner()
    expect(after.known(bucketOf(uid))).toEqual([uid])
    const left = await after.open(uid)
    expect(left).toMatchObject({ declaration: undefined, isEmpty: false })
    expect(await left.leave()).toEqual(leaving)
    await after.remove(uid)
    expect((await owner()).known(bucketOf(uid))).toEqual([])
  })
})
