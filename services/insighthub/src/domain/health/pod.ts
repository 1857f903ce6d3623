import type { Health } from '@k8or/contracts'
import { z } from 'zod'
import { Conditions, defineRule, health } from '../verdict/rule'

const Terminated = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  exitCode: z.number().default(0),
})
const Waiting = z.object({ reason: z.string().default(''), message: z.string().default('') })
const Container = z.object({
  name: z.string().default(''),
  state: z.object({ waiting: Waiting.optional(), terminated: Terminated.optional() }).prefault({}),
  lastState: z.object({ terminated: Terminated.optional() }).prefault({}),
})
type Container = z.infer<typeof Container>
const Containers = z.array(Container).default([])

const PodShape = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }).prefault({}),
  spec: z.object({ restartPolicy: z.string().default('Always') }).prefault({}),
  status: z
    .object({
      phase: z.string().default(''),
      message: z.string().default(''),
      conditions: Conditions,
      initContainerStatuses: Containers,
      containerStatuses: Containers,
    })
    .prefault({}),
})
type PodShape = z.infer<typeof PodShape>

export const pod = defineRule({ group: '', version: 'v1', kind: 'Pod', shape: PodShape, judge: judgePod })

function judgePod({ metadata, spec, status }: PodShape): Health {
  const restarts = spec.restartPolicy === 'Always'
  if (restarts || metadata.annotations['argocd.argoproj.io/ignore-restart-policy'] === 'true') {
    const stuck = status.containerStatuses.flatMap(({ state }) => (isStuck(state.waiting) ? [state.waiting] : []))
    if (stuck.length > 0) return health('Degraded', stuck.map(({ reason, message }) => message || reason).join(', '))
  }
  switch (status.phase) {
    case 'Pending':
      return health('Progressing', status.message)
    case 'Succeeded':
      return health('Healthy', status.message)
    case 'Failed':
      return health(
        'Degraded',
        status.message || failureOf([...status.initContainerStatuses, ...status.containerStatuses]),
      )
    case 'Running':
      return restarts ? judgeRunning(status) : health('Progressing', status.message)
    default:
      return health('Unknown', status.message || 'its node does not tell its state')
  }
}

function judgeRunning({ message, conditions, containerStatuses }: PodShape['status']): Health {
  if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return health('Healthy', message)
  const crashed = containerStatuses.find(({ lastState }) => lastState.terminated !== undefined)
  if (crashed) return health('Degraded', message || `container "${crashed.name}" ended before and is not ready`)
  return health('Progressing', message)
}

function isStuck(waiting: z.infer<typeof Waiting> | undefined): waiting is z.infer<typeof Waiting> {
  const reason = waiting?.reason ?? ''
  return reason.startsWith('Err') || reason.endsWith('Error') || reason.endsWith('BackOff')
}

function failureOf(containers: readonly Container[]): string {
  const failures = containers.map(({ name, state: { terminated } }) => {
    if (terminated === undefined) return ''
    if (terminated.message !== '') return terminated.message
    if (terminated.reason === 'OOMKilled') return `container "${name}" ran out of memory`
    return terminated.exitCode === 0 ? '' : `container "${name}" failed with exit code ${terminated.exitCode}`
  })
  return failures.find((failure) => failure !== '') ?? ''
}
