import { z } from 'zod'
import { ApplicationRef } from '../shapes'
import { defineRecord } from './define-record'

/** One source as declared. The blocks of rendering tools stay as they are: who renders parses them. */
export const DeclaredSource = z.looseObject({
  repoURL: z.string(),
  path: z.string().default(''),
  targetRevision: z.string().default(''),
  chart: z.string().optional(),
  ref: z.string().optional(),
  directory: z.looseObject({}).optional(),
  helm: z.looseObject({}).optional(),
  kustomize: z.looseObject({}).optional(),
  plugin: z.looseObject({}).optional(),
})
export type DeclaredSource = z.infer<typeof DeclaredSource>

/** Where an application runs: exactly one of server and name is set. */
export const Destination = z.object({
  server: z.string().default(''),
  name: z.string().default(''),
  namespace: z.string().default(''),
})
export type Destination = z.infer<typeof Destination>

/** An Application of the hub, as the services that resolve and render it need it. */
export const ApplicationRecord = z.object({
  ref: ApplicationRef,
  token: z.string(),
  bucket: z.number().int().min(0).max(63),
  destination: Destination,
  sources: z.array(DeclaredSource),
  /** The annotations of Argo CD Image Updater, without their prefix `argocd-image-updater.argoproj.io/`. */
  imagePolicy: z.record(z.string(), z.string()).optional(),
  /** Why no image may be written for it now: a hold after a rollback, or a suspension. */
  hold: z.object({ actor: z.string(), reason: z.string(), since: z.string() }).optional(),
  /** SHA-256 over project, destination and sources. */
  specDigest: z.string(),
  /** Counts requests to look again (`argocd.argoproj.io/refresh`): a new value means a new look. */
  refresh: z.string().default(''),
  /** The newest release that the hub names: further ones have higher numbers, also when the records of all releases were lost. */
  releaseFloor: z.number().int().nonnegative().optional(),
  /** When the newest deployment that the hub remembers ended, at the latest: sources that were seen before it may be old. */
  deployedAt: z.string().optional(),
})
export type ApplicationRecord = z.infer<typeof ApplicationRecord>

/** The applications that are declared on the hub. */
export const applicationRecord = defineRecord({
  owner: 'syncmaster',
  bucket: 'APPLICATIONS',
  readers: ['codesource', 'chartstore', 'insighthub'],
  description: 'the applications that are declared on the hub',
  key: '<application uid>',
  ttlMs: 0,
  schema: ApplicationRecord,
})
