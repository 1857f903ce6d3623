import type { ApiResource, Clusters } from '@k8or/cluster-client'
import { declaredKinds, type DeclaredKind, type Hub } from './hub'

interface Watched {
  readonly kind: Pick<ApiResource, 'group' | 'version' | 'kind'>
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

const argoproj = { group: 'argoproj.io', version: 'v1alpha1' }
const core = { group: '', version: 'v1' }

/** Keeps what is declared on the hub up to date, by one watch for each kind, until the signal aborts. */
export function watchHub(
  clusters: Clusters,
  cluster: string,
  hub: Hub,
  controlNamespace: string,
  signal: AbortSignal,
): void {
  const watched: Record<DeclaredKind, Watched> = {
    applications: { kind: { ...argoproj, kind: 'Application' } },
    projects: { kind: { ...argoproj, kind: 'AppProject' }, namespace: controlNamespace },
    secrets: {
      kind: { ...core, kind: 'Secret' },
      namespace: controlNamespace,
      labelSelector: 'argocd.argoproj.io/secret-type',
    },
    'argocd-secret': {
      kind: { ...core, kind: 'Secret' },
      namespace: controlNamespace,
      fieldSelector: 'metadata.name=argocd-secret',
    },
    settings: { kind: { ...core, kind: 'ConfigMap' }, namespace: controlNamespace },
  }
  for (const name of declaredKinds) {
    const { kind, ...scope } = watched[name]
    clusters.watch(cluster, kind, {
      ...scope,
      signal,
      onSnapshot: (objects) => hub.snapshot(name, objects),
      onEvent: (type, object) => hub.change(name, object, type === 'DELETED'),
      onTrouble: (error) => hub.trouble(name, error),
    })
  }
}
