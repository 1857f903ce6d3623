import { z } from 'zod'

const list = <Item extends z.ZodType>(item: Item): z.ZodType<z.infer<Item>[]> =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? [])

const text = z.string().default('')

/** A kind in a list of a project: globs; without a name, any name. */
const KindPattern = z.object({ group: text, kind: text, name: text })
export type KindPattern = z.infer<typeof KindPattern>

/** Where a project lets its applications go; each part is a glob, `!` denies. */
const DestinationPattern = z.object({ server: text, name: text, namespace: text })
export type DestinationPattern = z.infer<typeof DestinationPattern>

const ProjectSpec = z.looseObject({
  sourceRepos: list(z.string()),
  destinations: list(DestinationPattern),
  sourceNamespaces: list(z.string()),
  clusterResourceWhitelist: list(KindPattern),
  clusterResourceBlacklist: list(KindPattern),
  /** Absent permits every kind; empty permits none. */
  namespaceResourceWhitelist: z.array(KindPattern).nullish(),
  namespaceResourceBlacklist: list(KindPattern),
  permitOnlyProjectScopedClusters: z.boolean().default(false),
  /** Not understood yet; that there are any is enough to hold back. */
  syncWindows: list(z.unknown()),
  /** Not verified yet; that signatures are asked for is enough to hold back. */
  signatureKeys: list(z.unknown()),
  sourceIntegrity: z.unknown().optional(),
})

/** What an AppProject declares. */
export type ProjectSpec = z.infer<typeof ProjectSpec>

/** An AppProject of the hub. */
export interface Project {
  readonly name: string
  readonly spec: ProjectSpec
  /** Why it can not be read, naming the field: then it permits nothing. */
  readonly problem?: string
}

/** An object as the API server has it. */
interface DeclaredProject {
  readonly metadata: { readonly name: string }
  readonly [field: string]: unknown
}

/**
 * Reads an AppProject.
 * @throws z.ZodError when its spec can not be read: then it permits nothing
 */
export function parseProject(object: DeclaredProject): Project {
  return { name: object.metadata.name, spec: ProjectSpec.parse(object['spec'] ?? {}) }
}

/** Reads an AppProject; one that can not be read permits nothing, and says why. */
export function readProject(object: DeclaredProject): Project {
  const { name } = object.metadata
  const { data, error } = ProjectSpec.safeParse(object['spec'] ?? {})
  if (data) return { name, spec: data }
  const [issue] = error.issues
  const problem = `${['spec', ...(issue?.path ?? []).map(String)].join('.')}: ${issue?.message ?? ''}`
  return { name, spec: ProjectSpec.parse({ namespaceResourceWhitelist: [] }), problem }
}
