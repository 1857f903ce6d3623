import { canonicalImageName, formatImageReference, parseImageReference } from '@k8or/contracts'
import { isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml'
import { checked } from './checked'
import {
  isVersioned,
  NotEditableError,
  versioned,
  type Edited,
  type FieldChange,
  type Named,
  type TextFile,
  type WantedVersion,
} from './edited'
import {
  applySplices,
  pairOf,
  rangeOf,
  readYaml,
  replaceScalar,
  resolved,
  type Splice,
  type YamlDocument,
  type YamlText,
} from './yaml-text'

const containerLists = ['containers', 'initContainers', 'ephemeralContainers']

interface ImageField extends Named {
  readonly text: string
  /** The text itself, or an alias of it. */
  readonly node: Node
  readonly scalar: Scalar
}

/** Where the manifests of a file name an image. */
export function findInManifests(file: TextFile, name: string): Named[] {
  return mayName(file, name) ? fieldsOf(readYaml(file), name) : []
}

/** Changes every container of a file that runs an image, and nothing else. */
export function editManifests(file: TextFile, name: string, wanted: WantedVersion): Edited {
  if (!mayName(file, name)) return { text: file.text, changes: [] }
  const yaml = readYaml(file)
  const splices = new Map<number, Splice>()
  const changes: FieldChange[] = []
  for (const { field, reference, text, node } of fieldsOf(yaml, name)) {
    if (isVersioned(reference, wanted)) continue
    const to = formatImageReference(versioned(reference, wanted))
    const splice = isScalar(node) ? replaceScalar(yaml, node, to) : { ...startAndEnd(node), text: to }
    if (!splice) throw notReplaceable(file, field, text)
    splices.set(splice.start, splice)
    changes.push({ field, from: text, to })
  }
  return checked(file, { text: applySplices(file.text, [...splices.values()]), changes })
}

/** Most files name no image at all: they need not be read as YAML. */
function mayName({ text }: TextFile, name: string): boolean {
  return text.includes(name.slice(name.lastIndexOf('/') + 1))
}

function fieldsOf({ documents }: YamlText, name: string): ImageField[] {
  const all = documents.flatMap((document, index) => {
    const fields: ImageField[] = []
    walk(document.contents, document, documents.length > 1 ? `[${String(index)}]` : '', fields)
    return fields
  })
  return withoutAliasesOfOwn(all.filter(({ reference }) => canonicalImageName(reference.name) === name))
}

/** An alias of a text that changes anyway needs no change of its own. */
function withoutAliasesOfOwn(fields: readonly ImageField[]): ImageField[] {
  const texts = new Set(fields.map(({ node }) => node).filter((node) => isScalar(node)))
  return fields.filter(({ node, scalar }) => node === scalar || !texts.has(scalar))
}

function walk(node: unknown, document: YamlDocument, path: string, found: ImageField[]): void {
  if (isSeq(node)) node.items.forEach((item, at) => walk(item, document, `${path}[${String(at)}]`, found))
  if (!isMap(node)) return
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : ''
    const inner = path === '' ? name : `${path}.${name}`
    if (containerLists.includes(name) && isSeq(value))
      value.items.forEach((item, at) => addImage(item, document, `${inner}[${String(at)}].image`, found))
    walk(value, document, inner, found)
  }
}

function addImage(item: unknown, document: YamlDocument, field: string, found: ImageField[]): void {
  const container = resolved(item, document)
  if (!isMap(container)) return
  const node = imageOf(container, document, 0)
  const scalar = resolved(node, document)
  if (!node || !isScalar(scalar) || typeof scalar.value !== 'string') return
  const text = scalar.value.trim()
  const reference = parseImageReference(text)
  if (reference) found.push({ field, reference, text, node, scalar })
}

const deepestMerge = 10

/** The image that a container says itself, or takes over from what it merges. */
function imageOf(container: YAMLMap, document: YamlDocument, depth: number): Node | undefined {
  const own = pairOf(container, 'image')?.value
  if (own) return own
  const merged = resolved(pairOf(container, '<<')?.value, document)
  const bases = isSeq(merged) ? merged.items.map((item) => resolved(item, document)) : [merged]
  if (depth === deepestMerge) return undefined
  return bases.map((base) => (isMap(base) ? imageOf(base, document, depth + 1) : undefined)).find((node) => node)
}

function startAndEnd(node: Node): { start: number; end: number } {
  const [start, end] = rangeOf(node)
  return { start, end }
}

function notReplaceable({ path }: TextFile, field: string, text: string): NotEditableError {
  const message = `${path}: ${field} is written over several lines and can not be changed in place; write ${text} in one line`
  return new NotEditableError({ reason: 'ImageNotEditable', file: path, field, message })
}
