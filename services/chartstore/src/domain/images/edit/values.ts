import { canonicalImageName, formatImageReference, parseImageReference, type ImageReference } from '@k8or/contracts'
import { checked } from './checked'
import {
  isVersioned,
  versioned,
  type Edited,
  type FieldChange,
  type Named,
  type TextFile,
  type WantedVersion,
} from './edited'
import { setValue, valueAt } from './set-value'
import { applySplices, readYaml } from './yaml-text'

/** The keys of a values file that hold an image: all in one, or name and tag. */
export interface ValueKeys {
  readonly spec: string
  readonly name: string
  readonly tag: string
}

/** What the values say about an image. */
export function findInValues(file: TextFile, keys: ValueKeys, image: string): Named[] {
  const yaml = readYaml(file)
  const text = valueAt(yaml, keys.spec === '' ? keys.tag : keys.spec)
  if (text === undefined) return []
  if (keys.spec !== '') {
    const reference = parseImageReference(text)
    return reference ? [{ field: keys.spec, reference }] : []
  }
  const name = (keys.name === '' ? undefined : valueAt(yaml, keys.name)) ?? image
  return [{ field: keys.tag, reference: { name, ...versionOf(text) } }]
}

/** Sets the keys of an image, which are added where they are not there. */
export function editValues(file: TextFile, keys: ValueKeys, image: string, wanted: WantedVersion): Edited {
  const [named] = findInValues(file, keys, image)
  const written = named?.reference ?? { name: image }
  const isSame = canonicalImageName(written.name) === canonicalImageName(image)
  const target = { ...versioned(written, wanted), name: isSame ? written.name : image }
  if (
    named &&
    isSame &&
    isVersioned(written, wanted) &&
    (keys.name === '' || keys.spec !== '' || valueIn(file, keys.name))
  )
    return { text: file.text, changes: [] }
  const changes: FieldChange[] = []
  const text = settings(keys, target).reduce((edited, [path, value]) => {
    const edit = setValue(readYaml({ ...file, text: edited }), path, value)
    if (!edit) return edited
    changes.push(edit.change)
    return applySplices(edited, [edit.splice])
  }, file.text)
  return checked(file, { text, changes })
}

function settings({ spec, name, tag }: ValueKeys, target: ImageReference): [path: string, value: string][] {
  if (spec !== '') return [[spec, formatImageReference(target)]]
  const settings: [string, string][] = [
    [name, target.name],
    [tag, versionText(target)],
  ]
  return settings.filter(([path]) => path !== '')
}

/** A tag's key holds what stands behind the name: a tag, with the digest where one is wanted. */
function versionText({ tag, digest }: ImageReference): string {
  return [tag, digest].filter((part) => part !== undefined).join('@')
}

function versionOf(text: string): Omit<ImageReference, 'name'> {
  const { tag, digest } = parseImageReference(text.startsWith('sha256:') ? `x@${text}` : `x:${text}`) ?? {}
  return { ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
}

function valueIn(file: TextFile, path: string): boolean {
  return valueAt(readYaml(file), path) !== undefined
}
