import type { HealthRule } from '../verdict/rule'
import { apiService } from './api-service'
import { cronJob } from './cron-job'
import { daemonSet } from './daemon-set'
import { deployment } from './deployment'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler'
import { ingress } from './ingress'
import { job } from './job'
import { persistentVolumeClaim } from './persistent-volume-claim'
import { pod } from './pod'
import { replicaSet } from './replica-set'
import { rollout } from './rollout'
import { service } from './service'
import { statefulSet } from './stateful-set'
import { workflow } from './workflow'

/** Every kind that InsightHub has an opinion on, a file beside this one each. */
export const rules: readonly HealthRule[] = [
  ...[deployment, replicaSet, pod, statefulSet, daemonSet, job, cronJob],
  ...[service, ingress, persistentVolumeClaim, horizontalPodAutoscaler, apiService],
  ...[workflow, rollout],
]
