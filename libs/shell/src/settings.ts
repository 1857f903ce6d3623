import { ZodError } from 'zod'

/**
 * Reads several groups of settings; what is missing or wrong in any of them is told together.
 * @throws z.ZodError
 */
export function readTogether<Groups extends readonly unknown[]>(
  ...loaders: { readonly [Index in keyof Groups]: () => Groups[Index] }
): Groups {
  const problems: ZodError[] = []
  const groups = loaders.map((load) => {
    try {
      return load()
    } catch (error) {
      if (!(error instanceof ZodError)) throw error
      problems.push(error)
      return undefined
    }
  })
  if (problems.length > 0) throw new ZodError(problems.flatMap(({ issues }) => issues))
  return groups as unknown as Groups
}

/** All settings that are missing or wrong, in one line. */
export function describeSettings({ issues }: ZodError): string {
  return [...new Set(issues.map(({ path, message }) => `${path.join('.')}: ${message}`))].join('; ')
}
