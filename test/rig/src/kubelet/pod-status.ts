import { createHash } from 'node:crypto'
import type { Container, Pod } from './pod'
import type { Fate } from './fate'

/** What a status is made from besides the pod. */
export interface StatusFacts {
  readonly now: string
  readonly podIp: string
  readonly fateOf: (image: string) => Fate
}

/** How far the containers are. */
export type PodMoment =
  'ErrImagePull' | 'ImagePullBackOff' | 'started' | 'ready' | 'CrashLoopBackOff' | 'succeeded' | 'failed'

/** The status that a node reports for a pod at one moment of its life, as a merge patch. */
export function podStatus(pod: Pod, moment: PodMoment, facts: StatusFacts): Record<string, unknown> {
  const isReady = moment === 'ready'
  return {
    phase: phaseAt(moment),
    observedGeneration: pod.metadata.generation,
    hostIP: '127.0.0.1',
    hostIPs: [{ ip: '127.0.0.1' }],
    podIP: facts.podIp,
    podIPs: [{ ip: facts.podIp }],
    startTime: pod.status?.startTime ?? facts.now,
    conditions: conditions(isReady, moment, facts.now),
    containerStatuses: pod.spec.containers.map((container) => containerStatus(container, moment, facts)),
    ...initStatuses(pod, facts),
  }
}

function phaseAt(moment: PodMoment): string {
  if (moment === 'succeeded') return 'Succeeded'
  if (moment === 'failed') return 'Failed'
  return moment === 'ErrImagePull' || moment === 'ImagePullBackOff' ? 'Pending' : 'Running'
}

function conditions(isReady: boolean, moment: PodMoment, lastTransitionTime: string): unknown[] {
  const completed = moment === 'succeeded' ? { reason: 'PodCompleted' } : { reason: 'ContainersNotReady' }
  const condition = (type: string, holds: boolean) => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime,
    ...(holds ? {} : completed),
  })
  return [
    condition('PodReadyToStartContainers', true),
    condition('Initialized', true),
    condition('Ready', isReady),
    condition('ContainersReady', isReady),
    condition('PodScheduled', true),
  ]
}

function containerStatus(container: Container, moment: PodMoment, facts: StatusFacts): unknown {
  const state = containerState(container, moment, facts)
  const isRunning = 'running' in state
  return {
    name: container.name,
    image: container.image,
    imageID: isRunning ? imageId(container.image) : '',
    ...(isRunning ? { containerID: `containerd://${digest(`${facts.podIp}/${container.name}`)}` } : {}),
    ready: isRunning && moment === 'ready',
    started: isRunning,
    restartCount: moment === 'CrashLoopBackOff' ? 1 : 0,
    state,
    ...(moment === 'CrashLoopBackOff' ? { lastState: terminated('Error', 1, facts.now) } : {}),
  }
}

function containerState({ image }: Container, moment: PodMoment, facts: StatusFacts): Record<string, unknown> {
  const fate = facts.fateOf(image)
  if (moment === 'ErrImagePull' || moment === 'ImagePullBackOff') {
    const message =
      moment === 'ErrImagePull' ? `failed to pull image "${image}": not found` : `Back-off pulling image "${image}"`
    return { waiting: fate === 'unpullable' ? { reason: moment, message } : { reason: 'ContainerCreating' } }
  }
  if (moment === 'CrashLoopBackOff' && (fate === 'crashes' || fate === 'fails'))
    return { waiting: { reason: moment, message: 'back-off 10s restarting failed container' } }
  if (moment === 'succeeded') return terminated('Completed', 0, facts.now)
  if (moment === 'failed') return terminated('Error', 1, facts.now)
  return { running: { startedAt: facts.now } }
}

function initStatuses(pod: Pod, facts: StatusFacts): Record<string, unknown> {
  if (!pod.spec.initContainers?.length) return {}
  const initContainerStatuses = pod.spec.initContainers.map(({ name, image, restartPolicy }) => ({
    name,
    image,
    imageID: imageId(image),
    ready: true,
    started: restartPolicy === 'Always',
    restartCount: 0,
    state: restartPolicy === 'Always' ? { running: { startedAt: facts.now } } : terminated('Completed', 0, facts.now),
  }))
  return { initContainerStatuses }
}

function terminated(reason: string, exitCode: number, at: string): Record<string, unknown> {
  return { terminated: { reason, exitCode, startedAt: at, finishedAt: at } }
}

function imageId(image: string): string {
  const name = image.split('@')[0]?.replace(/:[^/:]*$/, '') ?? image
  return `${name}@sha256:${image.split('@sha256:')[1] ?? digest(image)}`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
