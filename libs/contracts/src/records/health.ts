import { z } from 'zod'
import { ApplicationRef, Health, ObjectRef } from '../shapes'
import { sha256 } from '../token'
import { defineRecord } from './define-record'

/** The verdict on one managed object, or (object null) on the application as a whole. */
export const HealthRecord = z.object({
  application: ApplicationRef,
  cluster: z.string(),
  object: ObjectRef.nullable(),
  uid: z.string(),
  generation: z.number().int(),
  /** Null where no rule has an opinion. */
  health: Health.nullable(),
  since: z.iso.datetime(),
  /** The fact that announced it. */
  factId: z.string(),
})
export type HealthRecord = z.infer<typeof HealthRecord>

/** What InsightHub thinks of applications and of the objects that they manage. */
export const healthRecord = defineRecord({
  owner: 'insighthub',
  bucket: 'HEALTH',
  readers: ['syncmaster'],
  description: 'the health of every application and of every object that it manages',
  key: '<application uid>.app, <application uid>.<first 24 hexadecimal digits of the hash of the object>',
  ttlMs: 0,
  schema: HealthRecord,
})

/**
 * The kinds of which every live object has a row, whatever is thought of it: until there is one about the generation that was
 * applied, it is not known whether the object is healthy. Objects of other kinds may have a row, too.
 */
export const alwaysJudged: ReadonlySet<string> = new Set([
  ...['apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', 'apps/DaemonSet'],
  ...['batch/Job', 'batch/CronJob', 'autoscaling/HorizontalPodAutoscaler', 'apiregistration.k8s.io/APIService'],
  ...['/Pod', '/Service', '/PersistentVolumeClaim', 'networking.k8s.io/Ingress'],
  ...['argoproj.io/Rollout', 'argoproj.io/Workflow'],
])

/** The key of a verdict: of one managed object, or of the application. */
export function healthKey(applicationUid: string, object: ObjectRef | null): string {
  return object === null ? `${applicationUid}.app` : `${applicationUid}.${objectKeyHash(object)}`
}

/** A short stable name for an object in keys; the version does not count, an API group may serve several. */
export function objectKeyHash(object: ObjectRef): string {
  return sha256([object.group, object.kind, object.namespace, object.name].join('/')).slice(0, 24)
}
