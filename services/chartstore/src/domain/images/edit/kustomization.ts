import { canonicalImageName, type ImageReference } from '@k8or/contracts'
import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { checked } from './checked'
import { NotEditableError, versioned, type Edited, type Named, type TextFile, type WantedVersion } from './edited'
import { setKey, type ValueEdit } from './set-value'
import {
  appendDocument,
  applySplices,
  fillPair,
  insertItem,
  insertPair,
  pairOf,
  readYaml,
  scalarText,
  type Splice,
  type YamlText,
} from './yaml-text'

/** An image as a kustomization knows it. */
export interface KustomizedImage {
  /** The canonical name of what is run. */
  readonly name: string
  /** As the bases name it: the name of a new entry. */
  readonly original: string
  /** As it is to be run: written where it is another name than the bases have. */
  readonly image: string
}

/** The file name that Kustomize looks for. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** What the `images:` of a kustomization say about an image. */
export function findInKustomization(file: TextFile, image: KustomizedImage): Named[] {
  const found = entryOf(readYaml(file), image)
  if (!found) return []
  const { entry, field } = found
  const [tag, digest] = [textOf(entry, 'newTag'), textOf(entry, 'digest')]
  const name = textOf(entry, 'newName') ?? textOf(entry, 'name') ?? image.image
  return [
    { field, reference: { name, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) } },
  ]
}

/** Sets the entry of an image, which is added where there is none. */
export function editKustomization(file: TextFile, image: KustomizedImage, wanted: WantedVersion): Edited {
  const [named] = findInKustomization(file, image)
  const target = versioned(named?.reference ?? { name: image.image }, wanted)
  if (!named) return addEntry(file, image, target)
  let text = file.text
  const changes: Edited['changes'][number][] = []
  for (const [key, value] of settings(image, target)) {
    const yaml = readYaml({ ...file, text })
    const found = entryOf(yaml, image)
    const edit =
      found && needs(found.entry, key, value, image) ? setKey(yaml, found.entry, key, found.field, value) : undefined
    if (edit) text = apply(text, edit, changes)
  }
  return checked(file, { text, changes })
}

type Setting = [key: 'newName' | 'newTag' | 'digest', value: string]

function settings({ image, original }: KustomizedImage, { tag, digest }: ImageReference): Setting[] {
  const all: [Setting[0], string | undefined][] = [
    ['newName', image === original ? undefined : image],
    ['newTag', tag],
    ['digest', digest],
  ]
  return all.filter((each): each is Setting => each[1] !== undefined)
}

/** A new name that means the same image already stays as it is written. */
function needs(entry: YAMLMap, key: Setting[0], value: string, { name }: KustomizedImage): boolean {
  if (key !== 'newName') return textOf(entry, key) !== value
  return canonicalImageName(textOf(entry, 'newName') ?? textOf(entry, 'name') ?? '') !== name
}

function apply(text: string, { splice, change }: ValueEdit, changes: Edited['changes'][number][]): string {
  changes.push(change)
  return applySplices(text, [splice])
}

function addEntry(file: TextFile, image: KustomizedImage, target: ImageReference): Edited {
  const yaml = readYaml(file)
  const entry = Object.fromEntries([['name', image.original], ...settings(image, target)])
  const text = applySplices(file.text, [entrySplice(yaml, entry)])
  const to = target.digest ?? target.tag ?? ''
  const changes = [{ field: `images[${image.original}]`, from: '', to }]
  return checked(file, { text, changes }, Object.values(entry))
}

function entrySplice(yaml: YamlText, entry: Record<string, string>): Splice {
  const root = yaml.documents[0]?.contents
  if (!root || (isScalar(root) && root.value === null)) return appendDocument(yaml, { images: [entry] })
  if (!isMap(root)) throw notKustomization(yaml)
  const pair = pairOf(root, 'images')
  if (!pair) return insertPair(yaml, root, 'images', [entry])
  if (isSeq(pair.value)) return insertItem(yaml, pair.value, entry)
  if (pair.value === null || (isScalar(pair.value) && pair.value.value === null))
    return fillPair(yaml, root, pair, [entry])
  throw notKustomization(yaml)
}

/** By the name it is given first, by the name it is known under in the bases else. */
function entryOf({ documents }: YamlText, { name, original }: KustomizedImage) {
  const root = documents[0]?.contents
  const list = isMap(root) ? pairOf(root, 'images')?.value : undefined
  const entries = isSeq(list)
    ? list.items.flatMap((entry, at) => (isMap(entry) ? [{ entry, field: `images[${String(at)}]` }] : []))
    : []
  const named = (key: string, wanted: string) =>
    entries.find(({ entry }) => canonicalImageName(textOf(entry, key) ?? '') === canonicalImageName(wanted))
  return named('newName', name) ?? named('name', original)
}

function textOf(entry: YAMLMap, key: string): string | undefined {
  return scalarText(pairOf(entry, key)?.value)
}

function notKustomization({ file: { path } }: YamlText): NotEditableError {
  const message = `${path}: images is no list: write a list of name and newTag`
  return new NotEditableError({ reason: 'ImageNotEditable', file: path, field: 'images', message })
}
