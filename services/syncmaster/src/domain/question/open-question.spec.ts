import { hubCluster } from '@k8or/contracts'
import type { KubeObject } from '@k8or/kube-objects'
import { Later } from '@k8or/outcome'
import { MemoryWorld } from '../../../test/memory-world'
import { releaseOf } from '../../../test/release-of'
import { healAllowance, TokenBuckets } from '../drift/token-bucket'
import { defaultMassChangeLimits } from '../plan/prune'
import type { Ports } from '../ports'
import { explainDiff } from './explain-diff'
import { openQuestion } from './open-question'
import { Reconciler } from '../sync/reconciler'

const uid = 'f6a1'
const signal = new AbortController().signal
const settings = {
  ...{ controlNamespace: 'argocd', installation: 'k8or', parallelApplies: 2, historyLimit: 10 },
  ...{ massChange: defaultMassChangeLimits, healBuckets: new TokenBuckets(healAllowance) },
}

const configMap = (name: string, v: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { v },
})

/** A world in which release 1 was applied, and what a replica sees of it that owns nothing. */
async function appliedWorld(): Promise<{ world: MemoryWorld; elsewhere: Ports }> {
  const world = new MemoryWorld({
    metadata: { uid, name: 'shop', namespace: 'argocd', creationTimestamp: '2025-01-01T00:00:00Z' },
    spec: {
      source: { repoURL: 'r', path: 'p' },
      destination: { server: hubCluster.server, namespace: 'front' },
      syncPolicy: { automated: {} },
    },
  })
  world.release = releaseOf(world, 1)
  world.manifests = [configMap('stays', '1'), configMap('leaves', '1')]
  await new Reconciler(world.start(), settings).consider(uid, signal)
  const ports = world.start()
  const open = (): never => {
    throw new Error('the account is another replica\u2019s')
  }
  return {
    world,
    elsewhere: { ...ports, buckets: { fenceOf: () => undefined }, accounts: { ...ports.accounts, open } },
  }
}

describe('services/syncmaster/src/domain/question/open-question', () => {
  it('C108.2 a replica that does not own the application tells what a sync would do, and writes nothing', async () => {
    const { world, elsewhere } = await appliedWorld()
    world.release = releaseOf(world, 2)
    world.manifests = [configMap('stays', '2'), configMap('comes', '1')]
    const before = structuredClone(world.stored)
    const work = await openQuestion(world.application, elsewhere, settings, signal)
    expect(work.lease).toBe(0)
    const objects = await explainDiff(work, true)
    expect(objects.map(({ change, action }) => `${action} ${change.ref.name}`)).toEqual([
      'configure stays',
      'create comes',
      'delete leaves',
    ])
    expect(world.stored).toEqual(before)
  })

  it('C108.2 an object that carries the label and of which nothing is stored is told as the owner tells it', async () => {
    const { world, elsewhere } = await appliedWorld()
    world.release = releaseOf(world, 2)
    world.manifests = [configMap('stays', '1')]
    for (const [key, { object }] of world.stored.applied) if (object.name === 'leaves') world.stored.applied.delete(key)
    const told = async (ports: Ports) => {
      const objects = await explainDiff(await openQuestion(world.application, ports, settings, signal), true)
      return objects.map(({ change, action }) => `${action} ${change.ref.name}`)
    }
    expect(await told(world.start())).toEqual(['unchanged stays', 'delete leaves'])
    expect(await told(elsewhere)).toEqual(await told(world.start()))
  })

  it('a question to a cluster that does not answer says so', async () => {
    const { world, elsewhere } = await appliedWorld()
    const ofApplication = () => Promise.reject(new Later('the cluster does not answer'))
    const ports = { ...elsewhere, clusters: { ...elsewhere.clusters, ofApplication } }
    const work = await openQuestion(world.application, ports, settings, signal)
    await expect(explainDiff(work, false)).rejects.toThrow('can not be compared: the cluster does not answer')
  })

  it('a question that finds nothing to compare says why, and notes no decision', async () => {
    const { world, elsewhere } = await appliedWorld()
    world.release = undefined
    const before = structuredClone(world.stored)
    const work = await openQuestion(world.application, elsewhere, settings, signal)
    await expect(explainDiff(work, false)).rejects.toThrow('there is no release to compare with yet')
    expect(world.stored).toEqual(before)
  })
})
