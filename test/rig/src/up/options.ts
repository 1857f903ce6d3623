import { parseArgs } from 'node:util'
import { z } from 'zod'

const Options = z.object({
  clusters: z.coerce.number().int('CLUSTERS must be a whole number').min(0).max(50).default(1),
  mode: z.enum(['standalone', 'processes'], 'MODE must be standalone or processes').default('standalone'),
})

/** What `make up` was asked for. */
export type UpOptions = z.infer<typeof Options>

/** Reads the command and the options of `make up` and `make down`. */
export function parseOptions(args: readonly string[]): { command: string; options: UpOptions } {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { clusters: { type: 'string' }, mode: { type: 'string' } },
    allowPositionals: true,
  })
  const parsed = Options.safeParse(values)
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => issue.message).join('; '))
  return { command: positionals[0] ?? 'up', options: parsed.data }
}
