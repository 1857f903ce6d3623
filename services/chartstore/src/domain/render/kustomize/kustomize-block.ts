import type { DeclaredSource, Problem } from '@k8or/contracts'
import { z } from 'zod'

const imageForm = /^(?:[^\s=]+=)?[^\s=:@][^\s=@]*(?:@[^\s=@]+)?$/
const Texts = z.record(z.string(), z.string())

const Kustomize = z.looseObject({
  namePrefix: z.string().default(''),
  nameSuffix: z.string().default(''),
  namespace: z.string().default(''),
  images: z.array(z.string().regex(imageForm, 'expected [old=]name[:tag|@digest]')).default([]),
  replicas: z
    .array(
      z.looseObject({
        name: z.string(),
        count: z.union([z.number(), z.string().regex(/^\d+$/, 'expected a number')]).transform(Number),
      }),
    )
    .default([]),
  patches: z.array(z.looseObject({})).default([]),
  components: z.array(z.string()).default([]),
  ignoreMissingComponents: z.boolean().default(false),
  commonLabels: Texts.default({}),
  forceCommonLabels: z.boolean().default(false),
  labelWithoutSelector: z.boolean().default(false),
  labelIncludeTemplates: z.boolean().default(false),
  commonAnnotations: Texts.default({}),
  forceCommonAnnotations: z.boolean().default(false),
  commonAnnotationsEnvsubst: z.boolean().default(false),
})

/** What an application changes about a kustomization. */
export type KustomizeBlock = z.infer<typeof Kustomize>

/** The `kustomize` block of a source, with its defaults. */
export function readKustomizeBlock(source: DeclaredSource): KustomizeBlock | { readonly problem: Problem } {
  const read = Kustomize.safeParse(source.kustomize ?? {})
  if (read.success) return read.data
  const [issue] = read.error.issues
  const field = `spec.source.kustomize.${issue?.path.join('.') ?? ''}`
  return { problem: { reason: 'InvalidSource', field, message: `${field} can not be read: ${issue?.message ?? ''}` } }
}
