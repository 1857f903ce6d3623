import type { Fate } from './fate'
import { isPodReady, waitingReason, type Pod } from './pod'
import type { PodMoment } from './pod-status'

/** What the kubelet does next for a pod, and how long it waits before. */
export type Step =
  | { readonly do: 'bind'; readonly afterMs: 0 }
  | { readonly do: 'delete'; readonly afterMs: number }
  | { readonly do: 'report'; readonly moment: PodMoment; readonly afterMs: number }

/** How fast pods of the rig live. */
export interface Pace {
  /** From started to ready; the annotation `k8or.dev/rig-ready-after-ms` of a pod overrides it. */
  readonly readyAfterMs: number
  /** From started to completed, for pods that end, such as those of a Job. */
  readonly completeAfterMs: number
  /** From asked to delete to gone. */
  readonly terminateAfterMs: number
  readonly backOffAfterMs: number
}

/** The annotation with which a pod says how long it takes to become ready. */
export const readyAfterAnnotation = 'k8or.dev/rig-ready-after-ms'

/** Decides from a pod's state alone what comes next; undefined when nothing does. */
export function nextStep(pod: Pod, fateOf: (image: string) => Fate, pace: Pace): Step | undefined {
  if (pod.metadata.deletionTimestamp)
    return pod.metadata.deletionGracePeriodSeconds === 0 ? undefined : { do: 'delete', afterMs: pace.terminateAfterMs }
  const phase = pod.status?.phase ?? 'Pending'
  if (phase === 'Succeeded' || phase === 'Failed') return undefined
  if (!pod.spec.nodeName) return { do: 'bind', afterMs: 0 }
  const fate = worstFate(pod, fateOf)
  return phase === 'Pending' ? whenPending(pod, fate, pace) : whenRunning(pod, fate, pace)
}

const worstFirst: readonly Fate[] = ['unpullable', 'crashes', 'fails', 'unready', 'runs']

function worstFate(pod: Pod, fateOf: (image: string) => Fate): Fate {
  const fates = new Set(pod.spec.containers.map(({ image }) => fateOf(image)))
  return worstFirst.find((fate) => fates.has(fate)) ?? 'runs'
}

function whenPending(pod: Pod, fate: Fate, pace: Pace): Step | undefined {
  if (fate !== 'unpullable')
    return report(fate === 'runs' && (endsByItself(pod) || readyAfter(pod, pace) === 0) ? 'ready' : 'started')
  const reason = waitingReason(pod)
  if (reason === 'ImagePullBackOff') return undefined
  return reason === 'ErrImagePull' ? report('ImagePullBackOff', pace.backOffAfterMs) : report('ErrImagePull')
}

function whenRunning(pod: Pod, fate: Fate, pace: Pace): Step | undefined {
  if (fate === 'crashes' || fate === 'fails') return whenFailing(pod, pace)
  if (fate === 'unready') return undefined
  if (endsByItself(pod)) return report('succeeded', pace.completeAfterMs)
  return isPodReady(pod) ? undefined : report('ready', readyAfter(pod, pace))
}

function whenFailing(pod: Pod, pace: Pace): Step | undefined {
  if (pod.spec.restartPolicy === 'Never') return report('failed', pace.completeAfterMs)
  return waitingReason(pod) === 'CrashLoopBackOff' ? undefined : report('CrashLoopBackOff', pace.backOffAfterMs)
}

function endsByItself(pod: Pod): boolean {
  return (pod.spec.restartPolicy ?? 'Always') !== 'Always'
}

function readyAfter(pod: Pod, pace: Pace): number {
  const asked = Number(pod.metadata.annotations?.[readyAfterAnnotation] ?? NaN)
  return Number.isFinite(asked) ? asked : pace.readyAfterMs
}

function report(moment: PodMoment, afterMs = 0): Step {
  return { do: 'report', moment, afterMs }
}
