import { z } from 'zod'
import { ObjectRef } from '@k8or/contracts'

/** A drift that is being put back, with all that its facts tell: kept until they are stored. */
export const OpenHeal = z.object({
  drift: z.object({
    release: z.number().int(),
    cluster: z.string(),
    object: ObjectRef,
    uid: z.string(),
    resourceVersion: z.string(),
  }),
  how: z.object({
    kind: z.enum(['changed', 'deleted']),
    fields: z.array(z.string()),
    manager: z.string(),
    willHeal: z.boolean(),
  }),
})
export type OpenHeal = z.infer<typeof OpenHeal>

/** Of the some 4 KiB that a row is to have; the reasons of the past and what a sync has come to take the rest, or a little more. */
const mostBytes = 2_500
const fewFields = 3
const longestName = 100

/** Those of which there is room in the row, the first come first. */
export function withRoom(heals: readonly OpenHeal[]): OpenHeal[] {
  let room = mostBytes
  return heals.filter((heal) => {
    const bytes = Buffer.byteLength(formatHeals([heal]))
    if (bytes > room) return false
    room -= bytes
    return true
  })
}

/** Open heals as the row has them: of many fields few, and how many more. */
export function formatHeals(heals: readonly OpenHeal[]): string {
  return JSON.stringify(heals.map(({ drift, how }) => ({ drift, how: { ...how, fields: fewOf(how.fields) } })))
}

/** What a row says that another version of the mesh wrote is of no heal. */
export function readHeals(text: string | undefined): readonly OpenHeal[] {
  return text ? (z.array(OpenHeal).safeParse(JSON.parse(text)).data ?? []) : []
}

/** At most three, so that few of few are the same. */
function fewOf(fields: readonly string[]): string[] {
  const named = fields.length > fewFields ? fields.slice(0, fewFields - 1) : fields
  const more = fields.length > named.length ? [`and ${fields.length - named.length} more`] : []
  return [...named.map(shortened), ...more]
}

function shortened(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name
}
