import type { KubeObject } from '@k8or/kube-objects'
import { MemoryWorld } from '../../../test/memory-world'
import { declarationOf } from '../application/declaration'
import { healAllowance, TokenBuckets } from '../drift/token-bucket'
import { defaultMassChangeLimits } from '../plan/prune'
import { Reconciler } from '../sync/reconciler'

const uid = 'f6a1'
const configMap: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { v: '1' } }
const settings = {
  ...{ controlNamespace: 'argocd', installation: 'k8or', parallelApplies: 2, historyLimit: 10 },
  ...{ massChange: defaultMassChangeLimits, healBuckets: new TokenBuckets(healAllowance) },
}

const worldOf = (namespace = 'front', syncPolicy: object = { automated: {} }): MemoryWorld =>
  new MemoryWorld({
    metadata: { uid, name: 'shop', namespace: 'argocd', creationTimestamp: '2025-01-01T00:00:00Z' },
    spec: {
      source: { repoURL: 'r', path: 'p' },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy,
    },
  })

const look = async (world: MemoryWorld, problems: string[] = []) => {
  const { specDigest, ref } = declarationOf(world.application, 'argocd')
  const release = (world.release?.release ?? 0) + 1
  world.manifests = [configMap]
  world.release = {
    ...{ application: ref, release, specDigest, digest: `d${release}`, inputDigest: 'i', objects: 1 },
    sources: [{ repoURL: 'r', path: 'p', targetRevision: '', revision: `commit-${release}`, tree: 't' }],
    ...{ images: [], factId: `rendered-${release}`, correlationId: 'c', renderedAt: '2026-01-01T00:00:00Z' },
    ...{ failure: null, warnings: [], ...{ reads: [], readsDigest: '', consulted: {} }, causes: [], announced: true },
    problems: problems.map((message) => ({ reason: 'InvalidYaml' as const, message })),
  }
  await new Reconciler(world.start(), settings).consider(uid, new AbortController().signal)
  return world.application.status
}

describe('services/syncmaster/src/domain/status/next-status', () => {
  describe('health where nothing could be compared', () => {
    it('is Missing where nothing was ever applied', async () => {
      const status = await look(worldOf(), ['c.yaml is not YAML'])
      expect(status).toMatchObject({ sync: { status: 'Unknown' }, health: { status: 'Missing' } })
    })

    it('stays as it was where something runs', async () => {
      const world = worldOf()
      const { health } = await look(world)
      expect(health?.status).not.toBe('Missing')
      const status = await look(world, ['c.yaml is not YAML'])
      expect(status).toMatchObject({ sync: { status: 'Unknown' }, health: { status: health?.status } })
      expect(status.conditions).toMatchObject([{ type: 'ComparisonError' }])
    })

    it('is Unknown where the declaration is wrong', async () => {
      const world = worldOf()
      await look(world)
      world.edit({ spec: { destination: { server: '', name: '' } } })
      const status = await look(world)
      expect(status).toMatchObject({ sync: { status: 'Unknown' }, health: { status: 'Unknown' } })
    })
  })

  it('A2 says what rendered each source', async () => {
    const world = worldOf()
    await look(world)
    expect(world.application.status).toMatchObject({ sourceType: 'Directory' })
    world.release = { ...world.release!, tools: ['kustomize'] }
    await new Reconciler(world.start(), settings).consider(uid, new AbortController().signal)
    expect(world.application.status).toMatchObject({ sourceType: 'Kustomize' })
  })

  it.each([
    ['with automation', { automated: {} }],
    ['without automation', {}],
  ])('an object without a namespace is named with the field and the next step, %s', async (_, syncPolicy) => {
    const { conditions, sync } = await look(worldOf('', syncPolicy))
    expect(sync?.status).toBe('OutOfSync')
    expect(conditions?.find(({ type }) => type === 'InvalidSpecError')?.message).toBe(
      'ConfigMap a has no namespace: set spec.destination.namespace of the Application, or metadata.namespace of the object',
    )
  })
})
