import { z } from 'zod'

const text = z.string().nullish()

/** One thing that is wrong with an Application, or should be known. */
export const Condition = z.looseObject({
  type: z.string(),
  message: z.string(),
  lastTransitionTime: z.string().optional(),
})
export type Condition = z.infer<typeof Condition>

/** What one sync did to one object. */
export const ResourceResult = z.looseObject({
  group: z.string().default(''),
  version: z.string().default(''),
  kind: z.string(),
  namespace: z.string().default(''),
  name: z.string(),
  status: z.string().optional(),
  message: z.string().optional(),
  hookPhase: z.string().optional(),
  syncPhase: z.string().optional(),
})
export type ResourceResult = z.infer<typeof ResourceResult>

/** Where the newest operation stands; a projection of its facts. */
export const OperationState = z.looseObject({
  operation: z
    .looseObject({
      info: z
        .array(z.looseObject({ name: z.string(), value: z.string() }))
        .nullish()
        .catch(undefined),
    })
    .default({}),
  phase: z.string(),
  message: z.string().optional(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  retryCount: z.number().optional(),
  syncResult: z
    .looseObject({
      revision: z.string().default(''),
      revisions: z.array(z.string()).optional(),
      resources: z.array(ResourceResult).nullish(),
    })
    .optional(),
})
export type OperationState = z.infer<typeof OperationState>

/** One deployment of the past. */
export const HistoryEntry = z.looseObject({
  id: z.number().int(),
  /** Ours alone: Argo CD has no releases. What is no number must not hide the entries that have one. */
  release: z.number().int().optional().catch(undefined),
  revision: z.string().default(''),
  revisions: z.array(z.string()).optional(),
  deployStartedAt: z.string().optional(),
  deployedAt: text.catch(undefined),
  initiatedBy: z.looseObject({ username: text, automated: z.boolean().nullish() }).nullish(),
  source: z.looseObject({}).nullish(),
  sources: z.array(z.looseObject({})).nullish(),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

/** One object of an Application, as its status lists it. */
export const ResourceStatus = z.looseObject({
  group: z.string().optional(),
  version: z.string().optional(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  status: z.string().optional(),
  health: z.looseObject({ status: text, message: text }).nullish(),
  requiresPruning: z.boolean().optional(),
  requiresDeletionConfirmation: z.boolean().optional(),
  syncWave: z.number().optional(),
})
export type ResourceStatus = z.infer<typeof ResourceStatus>

/** An Application's status as Argo CD writes it; fields of others stay. */
export const ApplicationStatus = z.looseObject({
  sync: z
    .looseObject({ status: z.string(), revision: text, revisions: z.array(z.string()).nullish() })
    .nullish()
    .catch(undefined),
  health: z.looseObject({ status: text, message: text, lastTransitionTime: text }).nullish().catch(undefined),
  resources: z.array(ResourceStatus).nullish().catch(undefined),
  operationState: OperationState.nullish().catch(undefined),
  history: z.array(HistoryEntry).nullish().catch(undefined),
  conditions: z.array(Condition).nullish().catch(undefined),
  summary: z
    .looseObject({ images: z.array(z.string()).nullish() })
    .nullish()
    .catch(undefined),
  reconciledAt: text.catch(undefined),
})
export type ApplicationStatus = z.infer<typeof ApplicationStatus>
