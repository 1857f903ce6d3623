import { z } from 'zod'

const Kind = z.looseObject({ responseKind: z.looseObject({ kind: z.string() }).nullish() })

/** What servers since 1.27 answer: all groups with all kinds. */
const Discovery = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string().default('') }).default({ name: '' }),
      versions: z.array(z.looseObject({ version: z.string(), resources: z.array(Kind).default([]) })).default([]),
    }),
  ),
})

/** What older ones answer: groups and versions alone. */
const Groups = z.looseObject({
  versions: z.array(z.string()).default([]),
  groups: z
    .array(z.looseObject({ versions: z.array(z.looseObject({ groupVersion: z.string() })).default([]) }))
    .default([]),
})

/** The API versions, with their kinds where they are told, of an answer to `/api` or `/apis`. */
export function apiVersionsIn(answer: unknown): string[] {
  const discovery = Discovery.safeParse(answer)
  if (discovery.success) return discovery.data.items.flatMap(versionsOf)
  const { versions, groups } = Groups.parse(answer)
  return [...versions, ...groups.flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion))]
}

function versionsOf({ metadata, versions }: z.infer<typeof Discovery>['items'][number]): string[] {
  return versions.flatMap(({ version, resources }) => {
    const name = metadata.name === '' ? version : `${metadata.name}/${version}`
    const kinds = resources.flatMap(({ responseKind }) => responseKind?.kind ?? [])
    return [name, ...kinds.map((kind) => `${name}/${kind}`)]
  })
}
