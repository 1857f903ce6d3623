import { parseArgs } from 'node:util'
import { z } from 'zod'

const Options = z.object({
  clusters: z
    .string()
    .default('1')
    .refine((text) => /^\d+$/.test(text) && Number(text) <= 50, mustBe('CLUSTERS', 'a whole number from 0 to 50'))
    .transform(Number),
  mode: z.enum(['standalone', 'processes'], mustBe('MODE', 'standalone or processes')).default('standalone'),
})

function mustBe(variable: string, allowed: string) {
  return { error: ({ input }: { input?: unknown }) => `${variable} must be ${allowed}, not ${JSON.stringify(input)}` }
}

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
