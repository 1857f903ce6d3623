import type { Problem } from '@k8or/contracts'
import type { BuildEnvironment } from '../build-environment'
import { readImageOverride } from './image-override'
import type { KustomizeBlock } from './kustomize-block'

/** A kustomization file as it is written, of any version. */
export type Kustomization = Readonly<Record<string, unknown>>

type Environment = Pick<BuildEnvironment, 'substitute'>
type Edit = (kustomization: Kustomization, block: KustomizeBlock, environment: Environment) => Kustomization

/** Edits in Argo CD's order. */
const edits: readonly Edit[] = [
  setText('namePrefix'),
  setText('nameSuffix'),
  setImages,
  setReplicas,
  addLabels,
  addAnnotations,
  setText('namespace'),
  (kustomization, { patches }) => appended(kustomization, 'patches', patches),
  (kustomization, { components }) => appended(kustomization, 'components', components),
]

/** Whether an application changes anything about its kustomization. */
export function hasEdits(block: KustomizeBlock): boolean {
  const environment: Environment = { substitute: (text) => text }
  return edits.some((edit) => Object.keys(edit({}, block, environment)).length > 0)
}

/** The kustomization with what the application changes about it. */
export function editKustomization(
  kustomization: Kustomization,
  block: KustomizeBlock,
  environment: Environment,
): { readonly edited: Kustomization } | { readonly problem: Problem } {
  const repeated =
    repeatedKey(kustomization, block, 'commonLabels', block.forceCommonLabels) ??
    repeatedKey(kustomization, block, 'commonAnnotations', block.forceCommonAnnotations)
  if (repeated) return { problem: repeated }
  return { edited: edits.reduce((edited, edit) => edit(edited, block, environment), kustomization) }
}

function setText(field: 'namePrefix' | 'nameSuffix' | 'namespace'): Edit {
  return (kustomization, { [field]: value }) => (value === '' ? kustomization : { ...kustomization, [field]: value })
}

/** An override takes the place of an entry of the same name, and all are in order of their names. */
function setImages(kustomization: Kustomization, { images }: KustomizeBlock, environment: Environment) {
  if (images.length === 0) return kustomization
  const entries = new Map(
    listOf(kustomization, 'images').map((entry) => [(entry as { name?: string }).name ?? '', entry]),
  )
  for (const image of images) {
    const override = readImageOverride(environment.substitute(image))
    entries.set(override.name, override)
  }
  const sorted = [...entries].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry)
  return { ...kustomization, images: sorted }
}

function setReplicas(kustomization: Kustomization, { replicas }: KustomizeBlock) {
  if (replicas.length === 0) return kustomization
  const entries = new Map(
    listOf(kustomization, 'replicas').map((entry) => [(entry as { name?: string }).name ?? '', entry]),
  )
  for (const { name, count } of replicas) entries.set(name, { name, count })
  return { ...kustomization, replicas: [...entries.values()] }
}

function addLabels(kustomization: Kustomization, block: KustomizeBlock, environment: Environment) {
  const pairs = mapped(block.commonLabels, (value) => environment.substitute(value))
  if (Object.keys(pairs).length === 0) return kustomization
  if (!block.labelWithoutSelector) return merged(kustomization, 'commonLabels', pairs)
  const includeTemplates = block.labelIncludeTemplates
  return appended(kustomization, 'labels', [{ pairs, includeSelectors: false, includeTemplates }])
}

function addAnnotations(kustomization: Kustomization, block: KustomizeBlock, environment: Environment) {
  const { commonAnnotations, commonAnnotationsEnvsubst } = block
  if (Object.keys(commonAnnotations).length === 0) return kustomization
  const substitute = (value: string) => (commonAnnotationsEnvsubst ? environment.substitute(value) : value)
  return merged(kustomization, 'commonAnnotations', mapped(commonAnnotations, substitute))
}

function repeatedKey(
  kustomization: Kustomization,
  block: KustomizeBlock,
  field: 'commonLabels' | 'commonAnnotations',
  isForced: boolean,
): Problem | undefined {
  const present = { ...pairsOf(kustomization, field), ...(field === 'commonLabels' ? labelPairs(kustomization) : {}) }
  const key = isForced ? undefined : Object.keys(block[field]).find((each) => each in present)
  if (key === undefined) return undefined
  const force = field === 'commonLabels' ? 'forceCommonLabels' : 'forceCommonAnnotations'
  const message = `spec.source.kustomize.${field}: ${key} is already in the kustomization file; set ${force}: true to replace it`
  return { reason: 'InvalidSource', field: `spec.source.kustomize.${field}`, message }
}

function labelPairs(kustomization: Kustomization): Record<string, unknown> {
  const labels = listOf(kustomization, 'labels').map((label) => pairsOf(label as Kustomization, 'pairs'))
  return Object.fromEntries(labels.flatMap((pairs) => Object.entries(pairs)))
}

function merged(kustomization: Kustomization, field: string, pairs: Record<string, string>): Kustomization {
  return { ...kustomization, [field]: { ...pairsOf(kustomization, field), ...pairs } }
}

function appended(kustomization: Kustomization, field: string, more: readonly unknown[]): Kustomization {
  return more.length === 0 ? kustomization : { ...kustomization, [field]: [...listOf(kustomization, field), ...more] }
}

function listOf(kustomization: Kustomization, field: string): readonly unknown[] {
  const value = kustomization[field]
  return Array.isArray(value) ? (value as unknown[]) : []
}

function pairsOf(kustomization: Kustomization, field: string): Record<string, unknown> {
  const value = kustomization[field]
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function mapped(pairs: Readonly<Record<string, string>>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(pairs).map(([key, value]) => [key, change(value)]))
}
