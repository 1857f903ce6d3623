import type { KubeObject } from '@k8or/cluster-client'
import { z } from 'zod'
import type { Application, Project } from '../../domain/access/project'

const text = z.string().default('')
const Destination = z.object({ server: text, name: text, namespace: text })
const ApplicationSpec = z.object({ project: text, destination: Destination.prefault({}) })

const kinds = z.array(z.object({ group: text, kind: text, name: z.string().optional() }))
const ProjectSpec = z.object({
  destinations: z.array(Destination).default([]),
  sourceNamespaces: z.array(z.string()).default([]),
  clusterResourceWhitelist: kinds.default([]),
  clusterResourceBlacklist: kinds.default([]),
  namespaceResourceWhitelist: kinds.nullish(),
  namespaceResourceBlacklist: kinds.default([]),
  permitOnlyProjectScopedClusters: z.boolean().default(false),
})

/** Reads what of an Application decides about calls; what can not be read names no destination, and so permits nothing. */
export function readApplication(object: KubeObject): Application {
  const { uid = '', namespace = '', name } = object.metadata
  const spec = ApplicationSpec.safeParse(object['spec'] ?? {})
  const { project, destination } = spec.success ? spec.data : ApplicationSpec.parse({})
  return { uid, namespace, name, project: project === '' ? 'default' : project, destination }
}

/** Reads what of an AppProject decides about calls; what can not be read permits nothing. */
export function readProject(object: KubeObject): Project {
  const spec = ProjectSpec.safeParse(object['spec'] ?? {})
  const read = spec.success ? spec.data : ProjectSpec.parse({ namespaceResourceWhitelist: [] })
  return {
    ...read,
    name: object.metadata.name,
    namespaceResourceWhitelist: read.namespaceResourceWhitelist ?? undefined,
  }
}
