import type { HealthRule } from '../verdict/rule'
import { daemonSet } from './daemon-set'
import { deployment } from './deployment'
import { job } from './job'
import { pod } from './pod'
import { replicaSet } from './replica-set'
import { service } from './service'
import { statefulSet } from './stateful-set'

/** Every kind that InsightHub has an opinion on, a file beside this one each. */
export const rules: readonly HealthRule[] = [deployment, replicaSet, pod, statefulSet, daemonSet, job, service]
