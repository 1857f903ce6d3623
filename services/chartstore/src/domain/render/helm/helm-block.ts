import type { DeclaredSource, Problem } from '@k8or/contracts'
import { z } from 'zod'

const Parameter = z.looseObject({
  name: z.string().default(''),
  value: z.string().default(''),
  forceString: z.boolean().default(false),
})

const Helm = z.looseObject({
  releaseName: z.string().default(''),
  valueFiles: z.array(z.string()).default([]),
  ignoreMissingValueFiles: z.boolean().default(false),
  values: z.string().default(''),
  valuesObject: z.record(z.string(), z.unknown()).optional(),
  parameters: z.array(Parameter).default([]),
  fileParameters: z.array(z.looseObject({ name: z.string(), path: z.string() })).default([]),
  skipCrds: z.boolean().default(false),
  skipSchemaValidation: z.boolean().default(false),
  skipTests: z.boolean().default(false),
  namespace: z.string().default(''),
  kubeVersion: z.string().default(''),
  apiVersions: z.array(z.string()).default([]),
})

/** What an application says about how to render a chart. */
export type HelmBlock = z.infer<typeof Helm>

/** The `helm` block of a source, with its defaults. */
export function readHelmBlock(source: DeclaredSource): HelmBlock | { readonly problem: Problem } {
  const read = Helm.safeParse(source.helm ?? {})
  if (read.success) return read.data
  const [issue] = read.error.issues
  const field = `spec.source.helm.${issue?.path.join('.') ?? ''}`
  return { problem: { reason: 'InvalidSource', field, message: `${field} can not be read: ${issue?.message ?? ''}` } }
}
