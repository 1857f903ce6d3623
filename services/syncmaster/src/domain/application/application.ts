import { z } from 'zod'
import { DeclaredSource, Destination } from '@k8or/contracts'
import type { KubeObject } from '@k8or/kube-objects'
import { ApplicationStatus } from './application-status'

const Automated = z.object({
  enabled: z.boolean().nullish(),
  prune: z.boolean().nullish(),
  selfHeal: z.boolean().nullish(),
  allowEmpty: z.boolean().nullish(),
})

/** How often and how patiently a failed sync is tried again. */
export const Retry = z.object({
  limit: z.number().int().nullish(),
  refresh: z.boolean().nullish(),
  backoff: z
    .object({
      duration: z.union([z.string(), z.number()]).nullish(),
      factor: z.number().nullish(),
      maxDuration: z.union([z.string(), z.number()]).nullish(),
    })
    .nullish(),
})
export type Retry = z.infer<typeof Retry>

const SyncPolicy = z.object({
  automated: Automated.nullish(),
  syncOptions: z.array(z.string()).nullish(),
  retry: Retry.nullish(),
  managedNamespaceMetadata: z
    .object({
      labels: z.record(z.string(), z.string()).nullish(),
      annotations: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
})

/** One rule of what a comparison leaves out. */
const IgnoreDifference = z.looseObject({
  group: z.string().default(''),
  kind: z.string().default(''),
  name: z.string().default(''),
  namespace: z.string().default(''),
  jsonPointers: z.array(z.string()).nullish(),
})

/** What an Application declares, as far as SyncMaster acts on it. */
export const ApplicationSpec = z.looseObject({
  project: z.string().default(''),
  source: DeclaredSource.nullish(),
  sources: z.array(DeclaredSource).nullish(),
  destination: Destination.default({ server: '', name: '', namespace: '' }),
  syncPolicy: SyncPolicy.nullish(),
  ignoreDifferences: z.array(IgnoreDifference).nullish(),
  revisionHistoryLimit: z.number().int().nullish(),
})
export type ApplicationSpec = z.infer<typeof ApplicationSpec>

/** One object that a sync is to be about. */
export const SelectedResource = z.looseObject({
  group: z.string().default(''),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().default(''),
})
export type SelectedResource = z.infer<typeof SelectedResource>

const Strategy = z.looseObject({ force: z.boolean().nullish() }).nullish()

/** A request to sync, written by people or by the mesh on their behalf. */
export const Operation = z.looseObject({
  sync: z
    .looseObject({
      revision: z.string().nullish(),
      revisions: z.array(z.string()).nullish(),
      prune: z.boolean().nullish(),
      dryRun: z.boolean().nullish(),
      resources: z.array(SelectedResource).nullish(),
      manifests: z.array(z.string()).nullish(),
      syncOptions: z.array(z.string()).nullish(),
      syncStrategy: z.looseObject({ apply: Strategy, hook: Strategy }).nullish(),
      source: z.looseObject({}).nullish(),
      sources: z.array(z.looseObject({})).nullish(),
    })
    .nullish(),
  info: z
    .array(z.looseObject({ name: z.string(), value: z.string() }))
    .nullish()
    .catch(undefined),
  initiatedBy: z.looseObject({ username: z.string().nullish(), automated: z.boolean().nullish() }).nullish(),
  retry: Retry.nullish(),
})
export type Operation = z.infer<typeof Operation>

/** An Application of the hub; what could not be read of it is told in `problem`. */
export interface Application {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly resourceVersion: string
  readonly createdAt: string
  readonly deletedAt: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly finalizers: readonly string[]
  readonly spec: ApplicationSpec
  readonly operation: Operation | undefined
  readonly status: ApplicationStatus
  /** Why the declaration can not be read, naming the field. */
  readonly problem: string | undefined
}

const Metadata = z.looseObject({
  uid: z.string().min(1),
  name: z.string().min(1),
  namespace: z.string().min(1),
  resourceVersion: z.string().default(''),
  creationTimestamp: z.string().default(''),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  finalizers: z.array(z.string()).nullish(),
})

const emptySpec: ApplicationSpec = ApplicationSpec.parse({})

/**
 * Reads an Application from its JSON; unknown fields are tolerated.
 * @throws z.ZodError when not even its metadata can be read
 */
export function parseApplication(object: { metadata: KubeObject['metadata']; [field: string]: unknown }): Application {
  const metadata = Metadata.parse(object.metadata)
  const spec = ApplicationSpec.safeParse(object['spec'] ?? {})
  const operation = Operation.nullish().safeParse(object['operation'])
  const status = ApplicationStatus.safeParse(object['status'] ?? {})
  return {
    uid: metadata.uid,
    namespace: metadata.namespace,
    name: metadata.name,
    resourceVersion: metadata.resourceVersion,
    createdAt: metadata.creationTimestamp,
    deletedAt: metadata.deletionTimestamp,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    finalizers: metadata.finalizers ?? [],
    spec: spec.success ? spec.data : emptySpec,
    operation: operation.success ? (operation.data ?? undefined) : undefined,
    status: status.success ? status.data : {},
    problem: readingProblem('spec', spec) ?? readingProblem('operation', operation),
  }
}

function readingProblem(part: string, read: z.ZodSafeParseResult<unknown>): string | undefined {
  const issue = read.error?.issues[0]
  if (!issue) return undefined
  return `${[part, ...issue.path.map(String)].join('.')} can not be read: ${issue.message}`
}

/** The sources that count: `sources` wins over `source`, and empty tool blocks are as good as absent. */
export function sourcesOf(spec: ApplicationSpec): DeclaredSource[] {
  const declared = spec.sources?.length ? spec.sources : spec.source ? [spec.source] : []
  return declared.map(withoutEmptyBlocks)
}

const toolBlocks = ['directory', 'helm', 'kustomize', 'plugin'] as const

function withoutEmptyBlocks(source: DeclaredSource): DeclaredSource {
  const kept = { ...source }
  for (const block of toolBlocks) {
    const value = kept[block]
    if (value === undefined || Object.keys(value).length === 0) Reflect.deleteProperty(kept, block)
  }
  return kept
}

/** Whether several sources are declared, which gives the status its plural fields. */
export function hasManySources(spec: ApplicationSpec): boolean {
  return (spec.sources?.length ?? 0) > 0
}

/** The project; empty means `default`. */
export function projectOf(spec: ApplicationSpec): string {
  return spec.project === '' ? 'default' : spec.project
}
