import { z } from 'zod'
import type { KubeMetadata } from '../kube-object'

const list = <Item extends z.ZodType>(item: Item): z.ZodType<z.infer<Item>[]> =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? [])

const KindRule = z.object({ group: z.string().default(''), kind: z.string().default(''), name: z.string().default('') })

/** A destination that a project allows, or (with `!`) denies. */
export const ProjectDestination = z.object({
  server: z.string().default(''),
  name: z.string().default(''),
  namespace: z.string().default(''),
})
export type ProjectDestination = z.infer<typeof ProjectDestination>

/** What an AppProject permits. */
export const ProjectSpec = z.looseObject({
  sourceRepos: list(z.string()),
  destinations: list(ProjectDestination),
  sourceNamespaces: list(z.string()),
  clusterResourceWhitelist: list(KindRule),
  clusterResourceBlacklist: list(KindRule),
  namespaceResourceWhitelist: z.array(KindRule).nullish(),
  namespaceResourceBlacklist: list(KindRule),
  /** Not understood yet; that there are any is enough to hold back. */
  syncWindows: list(z.unknown()),
})
export type ProjectSpec = z.infer<typeof ProjectSpec>

/** An AppProject of the hub. */
export interface Project {
  readonly name: string
  readonly spec: ProjectSpec
}

/**
 * Reads an AppProject from its JSON.
 * @throws z.ZodError when its spec can not be read: then it permits nothing
 */
export function parseProject(object: { metadata: KubeMetadata; [field: string]: unknown }): Project {
  return { name: object.metadata.name, spec: ProjectSpec.parse(object['spec'] ?? {}) }
}
