import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { z } from 'zod'
import { repositoryRoot } from '../paths'
import { made } from './make-text'

/** Where input comes in; each has a folder of entries. */
export const doors = [
  ...(['manifests', 'charts', 'kustomizations', 'command-line'] as const),
  ...(['webhooks', 'git', 'declarations', 'secrets', 'calls', 'facts'] as const),
] as const
export type Door = (typeof doors)[number]

/** Texts or bytes, written out or made. */
export const Content = z.union([z.string(), z.instanceof(Buffer)])

const Expected = z.strictObject({
  /** How it ends, in the words of the door: a status, an exit code, the reason of a problem. */
  outcome: z.union([z.string(), z.number()]),
  /** What the answer tells; between slashes, a regular expression. */
  says: z.array(z.string()).default([]),
  /** What it must not tell. */
  hides: z.array(z.string()).default([]),
})

/** One hostile or broken input, with what is to come of it. */
export interface Entry<Given> {
  readonly name: string
  readonly about: string
  readonly given: Given
  readonly expected: z.infer<typeof Expected>
}

const folder = join(repositoryRoot, 'test/corpus/entries')

/** The entries of a door, by name. */
export function readEntries<Given>(door: Door, schema: z.ZodType<Given>): [about: string, entry: Entry<Given>][] {
  const File = z.strictObject({ about: z.string().min(1), given: schema, expected: Expected })
  return namesOf(door).map((file) => {
    const read = File.safeParse(made(load(readFileSync(join(folder, door, file), 'utf8'), { filename: file })))
    if (!read.success) throw new Error(`${door}/${file} is no entry: ${z.prettifyError(read.error)}`)
    const name = file.replace(/\.yaml$/, '')
    return [`${name}: ${read.data.about}`, { name, ...read.data }]
  })
}

/** The files of a door. */
export function namesOf(door: Door): string[] {
  return readdirSync(join(folder, door)).sort()
}
