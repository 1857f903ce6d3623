import { z } from 'zod'

/** One application, as every fact names it. */
export const ApplicationRef = z.object({
  uid: z.string().min(1),
  namespace: z.string().min(1),
  name: z.string().min(1),
  project: z.string().min(1),
})
export type ApplicationRef = z.infer<typeof ApplicationRef>

/** One repository: the URL as declared, without credentials, and its token. */
export const RepositoryRef = z.object({ url: z.string().min(1), token: z.string().min(1) })
export type RepositoryRef = z.infer<typeof RepositoryRef>

/** One image without tag and digest, in full: `<registry host>/<path>`, and its token. */
export const ImageRef = z.object({ name: z.string().min(1), token: z.string().min(1) })
export type ImageRef = z.infer<typeof ImageRef>

/** One Kubernetes object; the namespace is empty for cluster-scoped ones, the group for the core group. */
export const ObjectRef = z.object({
  group: z.string(),
  version: z.string(),
  kind: z.string().min(1),
  namespace: z.string(),
  name: z.string().min(1),
})
export type ObjectRef = z.infer<typeof ObjectRef>

/** One source of an application with the revision that it was resolved to. `tree` is the git tree or blob id read. */
export const ResolvedSource = z.object({
  repoURL: z.string(),
  path: z.string(),
  targetRevision: z.string(),
  revision: z.string(),
  tree: z.string(),
})
export type ResolvedSource = z.infer<typeof ResolvedSource>

/** Argo CD's health words. */
export const HealthStatus = z.enum(['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'])
export type HealthStatus = z.infer<typeof HealthStatus>

/** A judgement of health with its reason. */
export const Health = z.object({ status: HealthStatus, message: z.string().default('') })
export type Health = z.infer<typeof Health>

/** What happened to one object; the closed vocabulary of plans and syncs. */
export const ChangeResult = z.enum(['created', 'configured', 'unchanged', 'deleted', 'skipped', 'failed'])
export type ChangeResult = z.infer<typeof ChangeResult>

/** Why something failed, precisely enough to act on it: object, field, cause, next step. */
export const Problem = z.object({
  /** A stable word: `RepositoryNotFound`, `PathMissing`, `InvalidYaml` … */
  reason: z.string().min(1),
  message: z.string().min(1),
  file: z.string().optional(),
  line: z.number().int().optional(),
  field: z.string().optional(),
  object: ObjectRef.optional(),
})
export type Problem = z.infer<typeof Problem>
