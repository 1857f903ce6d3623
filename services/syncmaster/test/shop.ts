import type { KubeObject } from '@k8or/kube-objects'
import { healAllowance, TokenBuckets } from '../src/domain/drift/token-bucket'
import { defaultMassChangeLimits } from '../src/domain/plan/prune'
import { Reconciler } from '../src/domain/sync/reconciler'
import { MemoryWorld } from './memory-world'
import { releaseOf } from './release-of'

export const uid = 'f6a1'
export const signal = new AbortController().signal

/** A world with one application, shop, which is automated where nothing else is said. */
export const worldOf = (syncPolicy: object | null = { automated: { prune: true, selfHeal: true } }): MemoryWorld =>
  new MemoryWorld({
    metadata: { uid, name: 'shop', namespace: 'argocd', creationTimestamp: '2025-01-01T00:00:00Z' },
    spec: {
      source: { repoURL: 'r', path: 'p' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'front' },
      ...(syncPolicy ? { syncPolicy } : {}),
    },
  })

export const configMap = (name: string, v = '1', annotations?: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(annotations ? { annotations } : {}) },
  data: { v },
})

/** A Deployment of a wave. */
export const deployment = (name: string, wave: number, v = '1'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, annotations: { 'argocd.argoproj.io/sync-wave': String(wave) } },
  data: { v },
})

/** From now on that is the newest release. */
export const publish = (world: MemoryWorld, release: number, manifests: KubeObject[], revision?: string): void => {
  world.manifests = manifests
  world.release = releaseOf(world, release, manifests.length, revision)
}

/** What a reconciler is told; it forgets with the process what it healed. */
export const settings = () => ({
  ...{ controlNamespace: 'argocd', installation: 'k8or', parallelApplies: 2, historyLimit: 10 },
  ...{ massChange: defaultMassChangeLimits, healBuckets: new TokenBuckets(healAllowance) },
})

/** So many looks by a process that has just begun: every look may be the first after a crash. */
export const look = async (world: MemoryWorld, times = 1): Promise<void> => {
  const reconciler = new Reconciler(world.start(), settings())
  for (let time = 0; time < times; time++) await reconciler.consider(uid, signal)
}

/** What the objects on the cluster hold, by name. */
export const dataOf = (world: MemoryWorld) =>
  Object.fromEntries([...world.objects.values()].map((one) => [one.metadata.name, one['data']]))

/** The ids of what was told of one kind. */
export const factsOf = (world: MemoryWorld, kind: string) =>
  [...world.facts.keys()].filter((id) => id.startsWith(`${kind}/`))
