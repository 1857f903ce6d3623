/** What the kubelet of the rig reads of a pod. */
export interface Pod {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly deletionTimestamp?: string
    readonly deletionGracePeriodSeconds?: number
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly nodeName?: string
    readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never'
    readonly nodeSelector?: Readonly<Record<string, string>>
    readonly affinity?: PodAffinity
    readonly containers: readonly Container[]
    readonly initContainers?: readonly Container[]
  }
  readonly status?: PodStatus
}

/** A container as declared. */
export interface Container {
  readonly name: string
  readonly image: string
  readonly restartPolicy?: 'Always'
}

/** The part of a status that decides what happens next. */
export interface PodStatus {
  readonly startTime?: string
  readonly podIP?: string
  readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  readonly containerStatuses?: readonly { readonly state?: { readonly waiting?: { readonly reason?: string } } }[]
}

interface PodAffinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms?: readonly { readonly matchFields?: readonly FieldMatch[] }[]
    }
  }
}

interface FieldMatch {
  readonly key: string
  readonly values?: readonly string[]
}

/** Whether a pod's status says that it is ready. */
export function isPodReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
}

/** The reason for which a container of the pod waits, if one does. */
export function waitingReason(pod: Pod): string | undefined {
  return pod.status?.containerStatuses?.map((container) => container.state?.waiting?.reason).find(Boolean)
}
