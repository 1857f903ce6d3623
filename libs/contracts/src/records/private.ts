import { z } from 'zod'
import { ImageConsidered } from '../events/chartstore/image-considered'
import { ImageBuilt } from '../events/codesource/image-built'
import { ApplicationRef, ImageRef, ObjectRef, RepositoryRef } from '../shapes'
import { defineRecord } from './define-record'

const day = 86_400_000

/** A delivery that was taken, so that the same one again is known. */
export const DeliveryRecord = z.object({ factId: z.string(), receivedAt: z.iso.datetime() })
export type DeliveryRecord = z.infer<typeof DeliveryRecord>

/** Deliveries of the last days, by the hash of their id. Private to CodeSource. */
export const deliveryRecord = defineRecord({
  owner: 'codesource',
  bucket: 'DELIVERIES',
  readers: [],
  description: 'webhook deliveries of the last days',
  key: '<provider>.<hash of the delivery id>',
  ttlMs: 3 * day,
  schema: DeliveryRecord,
})

/** A commit of ours: written before the push, so that whoever finds it on its branch after a crash knows it. */
export const CommitRecord = z.object({
  repository: RepositoryRef,
  /** The full ref. */
  ref: z.string(),
  commit: z.string(),
  previous: z.string(),
  lostRaces: z.number().int().nonnegative(),
  actor: z.string(),
  correlationId: z.string(),
  at: z.iso.datetime(),
  /** False until `commit.pushed` is stored. */
  announced: z.boolean(),
})
export type CommitRecord = z.infer<typeof CommitRecord>

/** The commits of the last days that the mesh made. Private to CodeSource. */
export const commitRecord = defineRecord({
  owner: 'codesource',
  bucket: 'COMMITS',
  readers: [],
  description: 'commits of the last days that the mesh made',
  key: '<repository token>.<commit>',
  ttlMs: 7 * day,
  schema: CommitRecord,
})

/** What a webhook said of a tag, until it was looked at: killed in between, it is looked at after the start. */
export const PushRecord = z.object({
  image: ImageRef,
  tag: z.string(),
  /** Empty where the sender does not know it: the registry is asked. */
  digest: z.string(),
  via: ImageBuilt.shape.via,
  builtAt: ImageBuilt.shape.builtAt,
  source: ImageBuilt.shape.source,
  /** The deliveries that said so. */
  causes: z.array(z.string()),
  correlationId: z.string(),
  traceparent: z.string().optional(),
  /** False once it was looked at. */
  open: z.boolean(),
})
export type PushRecord = z.infer<typeof PushRecord>

/** Pushed tags that are to be looked at. Private to CodeSource. */
export const pushRecord = defineRecord({
  owner: 'codesource',
  bucket: 'PUSHES',
  readers: [],
  description: 'what webhooks said of tags in the last days',
  key: '<image token>.<first 16 hexadecimal digits of the hash of the tag>',
  ttlMs: 3 * day,
  schema: PushRecord,
})

/** What SyncMaster last applied of one object: enough to see drift after a restart without asking the cluster. */
export const AppliedRecord = z.object({
  cluster: z.string(),
  object: ObjectRef,
  release: z.number().int().positive(),
  uid: z.string(),
  generation: z.number().int(),
  /** SHA-256 of what was sent. */
  desiredDigest: z.string(),
  /** SHA-256 of the fields that the API server then said were ours (decisions: the drift projection). */
  projectionDigest: z.string(),
  /** The sync that applied it, and what that came to; empty where none did. */
  sync: z.string().default(''),
  result: z.enum(['created', 'configured', 'unchanged']).default('unchanged'),
})
export type AppliedRecord = z.infer<typeof AppliedRecord>

/** The applied objects of every application. Private to SyncMaster. */
export const appliedRecord = defineRecord({
  owner: 'syncmaster',
  bucket: 'APPLIED',
  readers: [],
  description: 'what was last applied of every object',
  key: '<application uid>.<hash of the object>',
  ttlMs: 0,
  schema: AppliedRecord,
})

/** The last decision about an application, for `k8or why`, and where its newest sync stands. */
export const DecisionRecord = z.object({
  at: z.iso.datetime(),
  decision: z.string(),
  reason: z.string(),
  release: z.number().int().nonnegative(),
  sync: z.string().default(''),
  /** The revision of the APPLICATIONS row that was announced last; another one is announced again after a crash. */
  announced: z.number().int().default(0),
  history: z.array(z.object({ at: z.iso.datetime(), decision: z.string(), reason: z.string() })).max(10),
  /** Of an application that is gone: what its removal is announced by, once its APPLICATIONS row is no more. */
  leaving: z.object({ ref: ApplicationRef, token: z.string() }).optional(),
  /** The drifts that are being put back, whose facts may not be stored yet. */
  heals: z.string().optional(),
})
export type DecisionRecord = z.infer<typeof DecisionRecord>

/** Why each application is as it is. Private to SyncMaster. */
export const decisionRecord = defineRecord({
  owner: 'syncmaster',
  bucket: 'DECISIONS',
  readers: [],
  description: 'the last decisions about every application',
  key: '<application uid>',
  ttlMs: 0,
  schema: DecisionRecord,
})

/** Who owns a bucket of applications now. The revision of the row that won it is the fencing token. */
export const LeaseRecord = z.object({
  holder: z.string(),
  since: z.iso.datetime(),
  /** The revision under which it was won, in every row but the one that won it: renewals have newer revisions. */
  fence: z.number().int().positive().optional(),
})
export type LeaseRecord = z.infer<typeof LeaseRecord>

/** The leases of SyncMaster's buckets. */
export const leaseRecord = defineRecord({
  owner: 'syncmaster',
  bucket: 'LEASES',
  readers: ['accesspoint'],
  description: 'who owns which bucket of applications',
  key: 'bucket.<0 to 63>, holder.<name>',
  ttlMs: 0,
  schema: LeaseRecord,
})

/** What the policy of an application made of one image last. */
export const ImageDecisionRecord = z.object({
  application: ApplicationRef,
  token: z.string(),
  alias: z.string(),
  /** What was pushed until then was judged. */
  judgedUntil: z.string().default(''),
  /** The newest decision that was announced, or is about to be. */
  last: z
    .object({
      factId: z.string(),
      causes: z.array(z.string()),
      correlationId: z.string(),
      at: z.iso.datetime(),
      data: ImageConsidered,
    })
    .nullable()
    .default(null),
  /** The newest decisions, the last one first, for `k8or why`. */
  history: z
    .array(z.object({ at: z.iso.datetime(), tag: z.string(), outcome: z.string(), reason: z.string() }))
    .max(10)
    .default([]),
  /** False until the newest decision is stored as a fact. */
  announced: z.boolean().default(true),
  /** The decisions of late, shortened: each is said once. */
  said: z.array(z.string()).max(40).default([]),
  /** How often a tag that was gone came back: what was said before that may be said again. */
  turn: z.number().int().nonnegative().default(0),
  /** What was written last, and whether it was seen in the branch since: when it is no longer there, people took it back. */
  written: z
    .object({ tag: z.string(), digest: z.string(), commit: z.string(), at: z.iso.datetime(), isSeen: z.boolean() })
    .nullable()
    .default(null),
})
export type ImageDecisionRecord = z.infer<typeof ImageDecisionRecord>

/** The decisions about images, so that each is said once and nothing that people took back is written again. Private to ChartStore. */
export const imageDecisionRecord = defineRecord({
  owner: 'chartstore',
  bucket: 'IMAGEDECISIONS',
  readers: [],
  description: 'what the image policies of applications decided last',
  key: '<application uid>.<first 16 hexadecimal digits of the hash of the alias>',
  ttlMs: 0,
  schema: ImageDecisionRecord,
})
