import type { Application, ApplicationSpec } from './application'

/** What an Application allows the mesh to do by itself. */
export interface AutomationPolicy {
  readonly automated: boolean
  readonly prune: boolean
  readonly selfHeal: boolean
  readonly allowEmpty: boolean
}

/** Reads the automation of a declaration: the block alone switches it on, unless `enabled` is false. */
export function automationOf(spec: ApplicationSpec): AutomationPolicy {
  const block = spec.syncPolicy?.automated
  const automated = block != null && (block.enabled ?? true)
  return {
    automated,
    prune: automated && (block.prune ?? false),
    selfHeal: automated && (block.selfHeal ?? false),
    allowEmpty: automated && (block.allowEmpty ?? false),
  }
}

/** Sync options as a list of `Name=value`, of an Application, an operation or an object's annotation. */
export class SyncOptions {
  readonly #values: ReadonlyMap<string, string>

  constructor(options: readonly string[]) {
    const pairs = options.map((option) => option.trim()).filter((option) => option.includes('='))
    this.#values = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
  }

  static ofAnnotation(text: string | undefined): SyncOptions {
    return new SyncOptions((text ?? '').split(','))
  }

  get(name: string): string | undefined {
    return this.#values.get(name)
  }

  has(name: string, value = 'true'): boolean {
    return this.#values.get(name) === value
  }
}

/** The sync options of an Application, those of a requested sync after them. */
export function syncOptionsOf(application: Application, requested: readonly string[] = []): SyncOptions {
  return new SyncOptions([...(application.spec.syncPolicy?.syncOptions ?? []), ...requested])
}

/** Names of the annotations that steer an Application or an object, as people write them. */
export const annotations = {
  refresh: 'argocd.argoproj.io/refresh',
  skipReconcile: 'argocd.argoproj.io/skip-reconcile',
  syncOptions: 'argocd.argoproj.io/sync-options',
  compareOptions: 'argocd.argoproj.io/compare-options',
  syncWave: 'argocd.argoproj.io/sync-wave',
  hook: 'argocd.argoproj.io/hook',
  helmHook: 'helm.sh/hook',
  helmHookWeight: 'helm.sh/hook-weight',
  helmResourcePolicy: 'helm.sh/resource-policy',
  deletionApproved: 'argocd.argoproj.io/deletion-approved',
  installation: 'k8or.dev/installation',
  allowPrune: 'k8or.dev/allow-prune',
  hold: 'k8or.dev/hold',
  suspend: 'k8or.dev/suspend',
  terminate: 'k8or.dev/terminate',
} as const
