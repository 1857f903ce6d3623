import { canonicalImageName, formatImageReference, parseImageReference } from '@k8or/contracts'
import { isMap, isScalar, isSeq, type Node, type YAMLSeq } from 'yaml'
import { checked } from './checked'
import {
  NotEditableError,
  versioned,
  type Edited,
  type FieldChange,
  type Named,
  type TextFile,
  type WantedVersion,
} from './edited'
import type { KustomizedImage } from './kustomization'
import type { ValueKeys } from './values'
import { setKey } from './set-value'
import {
  appendDocument,
  applySplices,
  fillPair,
  insertItem,
  insertPair,
  pairOf,
  readYaml,
  replaceScalar,
  scalarText,
  type Splice,
  type YamlText,
} from './yaml-text'

/** The file of parameters that Argo CD reads for one application. */
export function argocdSourceName(instanceName: string): string {
  return `.argocd-source-${instanceName}.yaml`
}

/** What the overridden images of a kustomization say: `[name=]new:tag`. */
export function findInOverrides(file: TextFile, image: KustomizedImage): Named[] {
  const found = overrideOf(readYaml(file), image)
  return found ? [{ field: found.field, reference: found.reference }] : []
}

export function editOverrides(file: TextFile, image: KustomizedImage, wanted: WantedVersion): Edited {
  const yaml = readYaml(file)
  const found = overrideOf(yaml, image)
  const reference = versioned({ ...(found?.reference ?? {}), name: image.image }, wanted)
  const to = `${image.original === image.image ? '' : `${image.original}=`}${formatImageReference(reference)}`
  if (found?.text === to) return { text: file.text, changes: [] }
  const field = found?.field ?? `kustomize.images[${image.original}]`
  const splice = found ? replaceScalar(yaml, found.node, to) : addTo(yaml, 'kustomize', 'images', to)
  if (!splice) throw notList(file, field)
  return checked(file, { text: applySplices(file.text, [splice]), changes: [{ field, from: found?.text ?? '', to }] })
}

/** What the overridden parameters of a chart say. */
export function findInParameters(file: TextFile, keys: ValueKeys, image: string): Named[] {
  const yaml = readYaml(file)
  const parameter = (name: string) => (name === '' ? undefined : parameterOf(yaml, name)?.value)
  const text = parameter(keys.spec === '' ? keys.tag : keys.spec)
  if (text === undefined) return []
  const written =
    keys.spec === '' ? `${parameter(keys.name) ?? image}${text.startsWith('sha256:') ? '@' : ':'}${text}` : text
  const reference = parseImageReference(written)
  return reference ? [{ field: `helm.parameters[${keys.spec === '' ? keys.tag : keys.spec}]`, reference }] : []
}

export function editParameters(file: TextFile, keys: ValueKeys, image: string, wanted: WantedVersion): Edited {
  const [named] = findInParameters(file, keys, image)
  const target = versioned({ ...(named?.reference ?? {}), name: image }, wanted)
  const version = [target.tag, target.digest].filter((part) => part !== undefined).join('@')
  const wantedParameters: [string, string][] =
    keys.spec === ''
      ? [
          [keys.name, image],
          [keys.tag, version],
        ]
      : [[keys.spec, formatImageReference(target)]]
  const changes: FieldChange[] = []
  const text = wantedParameters
    .filter(([name]) => name !== '')
    .reduce((edited, [name, value]) => setParameter({ ...file, text: edited }, name, value, changes), file.text)
  return checked(file, { text, changes }, [...changes.map(({ to }) => to), ...wantedParameters.flat(), 'true'])
}

function setParameter(file: TextFile, name: string, value: string, changes: FieldChange[]): string {
  const yaml = readYaml(file)
  const found = parameterOf(yaml, name)
  if (found?.value === value) return file.text
  const field = `helm.parameters[${name}]`
  changes.push({ field, from: found?.value ?? '', to: value })
  const splice = found
    ? setKey(yaml, found.item, 'value', field, value)?.splice
    : addTo(yaml, 'helm', 'parameters', { name, value, forcestring: true })
  if (!splice) throw notList(file, field)
  return applySplices(file.text, [splice])
}

function parameterOf(yaml: YamlText, name: string) {
  for (const item of listOf(yaml, 'helm', 'parameters')?.items ?? [])
    if (isMap(item) && scalarText(pairOf(item, 'name')?.value) === name)
      return { item, value: scalarText(pairOf(item, 'value')?.value) ?? '' }
  return undefined
}

function overrideOf(yaml: YamlText, { original }: KustomizedImage) {
  for (const [at, node] of (listOf(yaml, 'kustomize', 'images')?.items ?? []).entries()) {
    const text = scalarText(node)
    if (!isScalar(node) || text === undefined) continue
    const parts = text.split('=')
    const reference = parseImageReference(parts.at(-1) ?? '')
    const name = parts.length > 1 ? (parts[0] ?? '') : (reference?.name ?? '')
    if (reference && canonicalImageName(name) === canonicalImageName(original))
      return { node, text, reference, field: `kustomize.images[${String(at)}]` }
  }
  return undefined
}

function listOf({ documents }: YamlText, block: string, list: string): YAMLSeq | undefined {
  const root = documents[0]?.contents
  const map = isMap(root) ? pairOf(root, block)?.value : undefined
  const found = isMap(map) ? pairOf(map, list)?.value : undefined
  return isSeq(found) ? found : undefined
}

/** Adds an item to a list of a block; both are made where they are not there. */
function addTo(yaml: YamlText, block: string, list: string, item: unknown): Splice {
  const root = yaml.documents[0]?.contents
  if (!root || isEmpty(root)) return appendDocument(yaml, { [block]: { [list]: [item] } })
  if (!isMap(root)) throw notList(yaml.file, block)
  const outer = pairOf(root, block)
  if (!outer) return insertPair(yaml, root, block, { [list]: [item] })
  if (isEmpty(outer.value)) return fillPair(yaml, root, outer, { [list]: [item] })
  if (!isMap(outer.value)) throw notList(yaml.file, block)
  const inner = pairOf(outer.value, list)
  if (!inner) return insertPair(yaml, outer.value, list, [item])
  if (isEmpty(inner.value)) return fillPair(yaml, outer.value, inner, [item])
  if (!isSeq(inner.value)) throw notList(yaml.file, `${block}.${list}`)
  return insertItem(yaml, inner.value, item)
}

function isEmpty(node: Node | null | undefined): boolean {
  return !node || (isScalar(node) && node.value === null)
}

function notList({ path }: TextFile, field: string): NotEditableError {
  const message = `${path}: ${field} is not what Argo CD expects there: mend or remove it`
  return new NotEditableError({ reason: 'ImageNotEditable', file: path, field, message })
}
