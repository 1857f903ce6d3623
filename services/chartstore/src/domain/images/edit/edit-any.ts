import { canonicalImageName, parseImageReference } from '@k8or/contracts'
import { isMap, isScalar } from 'yaml'
import { editOverrides } from './argocd-source'
import type { Edited, TextFile, WantedVersion } from './edited'
import { editKustomization, kustomizationNames } from './kustomization'
import { editManifests, findInManifests } from './manifests'
import { valueAt } from './set-value'
import { editValues } from './values'
import { pairOf, readYaml, type YamlText } from './yaml-text'

/** A change of one file, as people ask for it. */
export interface AskedEdit {
  readonly image: string
  /** A tag, a digest, or another reference altogether. */
  readonly to: string
  /** Where a file of values holds it. */
  readonly key?: string
}

/** What became of a file; undefined when it does not name the image. */
export function editAnyFile(file: TextFile, { image, to, key }: AskedEdit): Edited | undefined {
  const wanted = wantedOf(to, image)
  const name = canonicalImageName(image)
  const yaml = readYaml(file)
  if (key !== undefined) return editKey(yaml, key, image, wanted)
  const kustomized = { name, original: image, image: wanted.name ?? image }
  if (/(^|\/)\.argocd-source-[^/]*\.yaml$/.test(file.path)) return editOverrides(file, kustomized, wanted)
  if (isKustomization(yaml)) return editKustomization(file, kustomized, wanted)
  return findInManifests(file, name).length > 0 ? editManifests(file, name, wanted) : undefined
}

/** What is asked for in one word: `1.2`, `sha256:…`, or `registry/name:1.2`. */
function wantedOf(to: string, image: string): WantedVersion {
  if (/^sha256:[0-9a-f]+$/.test(to)) return { tag: '', digest: to, isPinned: true }
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(to)) return { tag: to, isPinned: false }
  const { name, tag = '', digest } = parseImageReference(to) ?? {}
  if (name === undefined || (tag === '' && digest === undefined))
    throw new Error(`"${to}" names no version: write a tag, sha256:…, or name:tag`)
  const renamed = canonicalImageName(name) === canonicalImageName(image) ? {} : { name }
  return { ...renamed, tag, isPinned: digest !== undefined, ...(digest === undefined ? {} : { digest }) }
}

/** A key that holds a whole reference keeps doing so; any other holds what stands behind the name. */
function editKey(yaml: YamlText, key: string, image: string, wanted: WantedVersion): Edited | undefined {
  const { file } = yaml
  const text = valueAt(yaml, key)
  if (text === undefined) return undefined
  const reference = parseImageReference(text)
  const isWhole = reference !== undefined && canonicalImageName(reference.name) === canonicalImageName(image)
  const keys = isWhole ? { spec: key, name: '', tag: '' } : { spec: '', name: '', tag: key }
  return editValues(file, keys, wanted.name ?? image, wanted)
}

function isKustomization({ file, documents }: YamlText): boolean {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1)
  const root = documents[0]?.contents
  const kind = isMap(root) ? pairOf(root, 'kind')?.value : undefined
  return kustomizationNames.includes(name) || (isScalar(kind) && kind.value === 'Kustomization')
}
