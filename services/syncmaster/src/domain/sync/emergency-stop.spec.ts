import type { KubeObject } from '@k8or/kube-objects'
import { MemoryWorld } from '../../../test/memory-world'
import { declarationOf } from '../application/declaration'
import { healAllowance, TokenBuckets } from '../drift/token-bucket'
import { defaultMassChangeLimits } from '../plan/prune'
import { Reconciler } from './reconciler'

const uid = 'f6a1'
const signal = new AbortController().signal
const stop = { cluster: '', since: '2026-01-01T00:00:00.000Z', actor: 'user:ada', reason: 'the database burns' }
const held =
  /the mesh was stopped by user:ada at 2026-01-01T00:00:00.000Z: the database burns; .* \(k8or emergency-stop lift\)/

function worldOf(): MemoryWorld {
  return new MemoryWorld({
    metadata: { uid, name: 'shop', namespace: 'argocd', creationTimestamp: '2025-01-01T00:00:00Z' },
    spec: {
      source: { repoURL: 'r', path: 'p' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'front' },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
  })
}

function publish(world: MemoryWorld, release: number, value: string): void {
  const { specDigest, ref } = declarationOf(world.application, 'argocd')
  const configMap: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { v: value } }
  world.manifests = [configMap]
  world.release = {
    ...{ application: ref, release, specDigest, digest: `d${release}`, inputDigest: 'i', objects: 1 },
    sources: [{ repoURL: 'r', path: 'p', targetRevision: '', revision: `commit-${release}`, tree: 't' }],
    ...{ images: [], factId: `rendered-${release}`, correlationId: 'c', renderedAt: '2026-01-01T00:00:00Z' },
    ...{ problems: [], failure: null, warnings: [], links: [], causes: [], announced: true },
    ...{ reads: [], readsDigest: '', consulted: {} },
  }
}

async function look(world: MemoryWorld): Promise<void> {
  const settings = {
    ...{ controlNamespace: 'argocd', installation: 'k8or', parallelApplies: 2, historyLimit: 10 },
    ...{ massChange: defaultMassChangeLimits, healBuckets: new TokenBuckets(healAllowance) },
  }
  await new Reconciler(world.start(), settings).consider(uid, signal)
}

const value = (world: MemoryWorld): unknown => world.objects.get('/ConfigMap/front/a')?.['data']

describe('services/syncmaster/src/domain/sync/emergency-stop', () => {
  it('holds a new release back with who and why, waits for nothing, and applies it once the stop is lifted', async () => {
    const world = worldOf()
    publish(world, 1, '1')
    await look(world)
    world.stop = stop
    publish(world, 2, '2')
    await look(world)
    expect(value(world)).toEqual({ v: '1' })
    expect(world.application.status).toMatchObject({
      sync: { status: 'OutOfSync' },
      conditions: [{ type: 'SyncError', message: expect.stringMatching(held) }],
    })
    expect(world.waits).toEqual([])
    world.stop = undefined
    await look(world)
    expect(value(world)).toEqual({ v: '2' })
    expect(world.application.status.conditions ?? []).toEqual([])
  })

  it('heals nothing while it stands, and puts it back afterwards', async () => {
    const world = worldOf()
    publish(world, 1, '1')
    await look(world)
    world.stop = stop
    world.drift('/ConfigMap/front/a', { v: 'red' })
    await look(world)
    expect(value(world)).toEqual({ v: 'red' })
    world.stop = undefined
    await look(world)
    expect(value(world)).toEqual({ v: '1' })
  })

  it('ends what somebody asks for with the reason', async () => {
    const world = worldOf()
    publish(world, 1, '1')
    world.stop = stop
    world.edit({ operation: { sync: {}, initiatedBy: { username: 'bob' } } })
    await look(world)
    expect(world.objects.size).toBe(0)
    expect(world.application.operation).toBeUndefined()
    expect(world.application.status.operationState).toMatchObject({
      phase: 'Error',
      message: expect.stringMatching(held),
    })
  })

  it('deletes nothing of an Application that goes', async () => {
    const world = worldOf()
    publish(world, 1, '1')
    await look(world)
    world.stop = stop
    const finalizers = ['resources-finalizer.argocd.argoproj.io']
    world.edit({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers } })
    await look(world)
    expect(value(world)).toEqual({ v: '1' })
    expect(world.application.finalizers).toEqual(finalizers)
    expect(world.application.status.conditions).toMatchObject([
      { type: 'DeletionError', message: expect.stringMatching(held) },
    ])
    world.stop = undefined
    await look(world)
    expect(world.objects.size).toBe(0)
  })
})
