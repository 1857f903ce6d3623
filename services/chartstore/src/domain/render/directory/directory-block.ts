import type { Problem } from '@k8or/contracts'
import { z } from 'zod'
import type { SourceToRender } from '../rendering'

const Directory = z.looseObject({
  recurse: z.boolean().default(false),
  include: z.string().default(''),
  exclude: z.string().default(''),
  disableExtensionFilter: z.boolean().default(false),
})

/** What an application says about how to read a folder. */
export type DirectoryBlock = z.infer<typeof Directory>

/** The `directory` block of a source, with its defaults. */
export function readDirectoryBlock(source: SourceToRender): DirectoryBlock | { readonly problem: Problem } {
  const read = Directory.safeParse(source.directory ?? {})
  if (read.success) return read.data
  const [issue] = read.error.issues
  const field = `spec.source.directory.${issue?.path.join('.') ?? ''}`
  return { problem: { reason: 'InvalidSource', field, message: `${field} can not be read: ${issue?.message ?? ''}` } }
}
