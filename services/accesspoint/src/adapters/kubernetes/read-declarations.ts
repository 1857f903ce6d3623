import type { KubeObject } from '@k8or/kube-objects'
import { z } from 'zod'
import type { Application } from '../../domain/access/application'

const text = z.string().default('')
const Destination = z.object({ server: text, name: text, namespace: text })
const ApplicationSpec = z.object({ project: text, destination: Destination.prefault({}) })

/** Reads what of an Application decides about calls; what can not be read names no destination, and so permits nothing. */
export function readApplication(object: KubeObject): Application {
  const { uid = '', namespace = '', name } = object.metadata
  const spec = ApplicationSpec.safeParse(object['spec'] ?? {})
  const { project, destination } = spec.success ? spec.data : ApplicationSpec.parse({})
  return { uid, namespace, name, project: project === '' ? 'default' : project, destination }
}
