import type { Problem } from '@k8or/contracts'
import { splitApiVersion } from '@k8or/kube-objects'
import { z } from 'zod'
import type { RenderedObject } from './rendering'

const Labels = z.record(z.string(), z.unknown()).nullish()

const Workload = z.object({
  replicas: z.number().nullish().catch(undefined),
  selector: z.object({ matchLabels: Labels }).nullish().catch(undefined),
  template: z
    .object({ metadata: z.object({ labels: Labels }).nullish() })
    .nullish()
    .catch(undefined),
})

const Service = z.object({
  type: z.string().nullish().catch(undefined),
  clusterIP: z.string().nullish().catch(undefined),
  selector: Labels.catch(undefined),
  ports: z.array(z.unknown()).nullish().catch(undefined),
})

/** What is wrong with an object's spec: the field, and why it could not run so. */
type Fault = readonly [field: string, why: string]

/**
 * Why objects could not run, whatever the cluster: each would be refused by every API server. What an object leaves out may be
 * somebody else's, so only what is there is judged.
 */
export function checkRunnable(objects: readonly RenderedObject[]): Problem[] {
  return objects.flatMap(({ file, object }) => {
    const { kind, metadata } = object
    return faultsOf(object).map(([field, why]) => ({
      ...{ reason: 'InvalidObject', file, field },
      message: `${file}: ${kind} ${metadata.name ?? ''}: ${field} ${why}`,
    }))
  })
}

const workloads = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'])

function faultsOf({ apiVersion, kind, spec }: RenderedObject['object']): Fault[] {
  const { group } = splitApiVersion(apiVersion)
  if (group === 'apps' && workloads.has(kind)) return read(Workload, spec, workloadFaults)
  return group === '' && kind === 'Service' ? read(Service, spec, serviceFaults) : []
}

function read<Shape>(shape: z.ZodType<Shape>, spec: unknown, judge: (spec: Shape) => Fault[]): Fault[] {
  const parsed = shape.safeParse(spec)
  return parsed.success ? judge(parsed.data) : []
}

function workloadFaults({ replicas, selector, template }: z.infer<typeof Workload>): Fault[] {
  const faults: Fault[] = []
  if (typeof replicas === 'number' && replicas < 0) faults.push(['spec.replicas', `is ${replicas}; write 0 or more`])
  const labels = template?.metadata?.labels ?? {}
  const missing = Object.entries(selector?.matchLabels ?? {}).find(([name, value]) => labels[name] !== value)
  if (template && missing)
    faults.push([
      'spec.selector.matchLabels',
      `has ${missing[0]}=${String(missing[1])}, which the pods of spec.template do not have; give them the label`,
    ])
  return faults
}

function serviceFaults({ type, clusterIP, selector, ports }: z.infer<typeof Service>): Fault[] {
  const needsPorts = selector != null && type !== 'ExternalName' && clusterIP !== 'None'
  return needsPorts && !ports?.length ? [['spec.ports', 'is empty; name the ports of the pods']] : []
}
