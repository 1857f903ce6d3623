import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import { NotEditableError, type FieldChange } from './edited'
import {
  appendDocument,
  fillPair,
  insertPair,
  pairOf,
  rangeOf,
  plain,
  replaceScalar,
  resolved,
  scalarText,
  type Splice,
  type YamlText,
} from './yaml-text'

/** A change of one field, as a part of the text. */
export interface ValueEdit {
  readonly splice: Splice
  readonly change: FieldChange
}

/** The keys of a dotted path: `web.images[0].tag`; a backslash keeps a dot in its key. */
function keysOf(path: string): string[] {
  const keys = path.matchAll(/\[(\d+)\]|((?:\\.|[^.[\\])+)/g)
  return [...keys].map(([, index, key = '']) => index ?? key.replace(/\\(.)/g, '$1'))
}

/** The text at a path; a key that is literally so at the root comes first, as the image updater has it. */
export function valueAt(yaml: YamlText, path: string): string | undefined {
  const [document] = yaml.documents
  const root = document?.contents
  if (!document || !isMap(root)) return undefined
  const literal = pairOf(root, path)
  const node = literal
    ? literal.value
    : keysOf(path).reduce<unknown>((at, key) => childOf(resolved(at, document), key), root)
  return scalarText(resolved(node, document))
}

/** Gives a value to a path, adding the keys that are not there; undefined when it has it. */
export function setValue(yaml: YamlText, path: string, value: string): ValueEdit | undefined {
  const from = valueAt(yaml, path)
  if (from === value) return undefined
  const change = { field: path, from: from ?? '', to: value }
  const [document] = yaml.documents
  const root = document?.contents
  if (!document || !root || (isScalar(root) && root.value === null))
    return { change, splice: appendDocument(yaml, nested(keysOf(path), value)) }
  if (!isMap(root)) throw notEditable(yaml, path, 'the file holds no map')
  const literal = pairOf(root, path)
  return {
    change,
    splice: literal ? putPair(yaml, literal, path, value) : descend(yaml, root, keysOf(path), path, value),
  }
}

/** Sets one key of a map. */
export function setKey(yaml: YamlText, map: YAMLMap, key: string, path: string, value: string): ValueEdit | undefined {
  const pair = pairOf(map, key)
  const old = resolved(pair?.value, yaml.documents[0] as never)
  const from = scalarText(old) ?? ''
  if (pair && from === value) return undefined
  const change = { field: `${path}.${key}`, from, to: value }
  return { change, splice: pair ? putPair(yaml, pair, path, value) : insertPair(yaml, map, key, value) }
}

function descend(yaml: YamlText, at: Node, keys: readonly string[], path: string, value: string): Splice {
  const [key = '', ...rest] = keys
  const [document] = yaml.documents
  if (isSeq(at)) {
    const item = resolved(at.items[Number(key)], document as never)
    if (item && rest.length > 0) return descend(yaml, item, rest, path, value)
    const splice = isScalar(item) ? replaceScalar(yaml, item, value) : undefined
    if (splice) return splice
    throw notEditable(yaml, path, `there is no item ${key} to change`)
  }
  if (!isMap(at)) throw notEditable(yaml, path, `${key} would lie in something that is no map`)
  const pair = pairOf(at, key)
  if (!pair) return insertPair(yaml, at, key, nested(rest, value))
  if (rest.length === 0) return putPair(yaml, pair, path, value)
  const inner = resolved(pair.value, document as never)
  if (!inner || (isScalar(inner) && inner.value === null)) return fillPair(yaml, at, pair, nested(rest, value))
  return descend(yaml, inner, rest, path, value)
}

function putPair(yaml: YamlText, pair: Pair<Node, Node | null>, path: string, value: string): Splice {
  const { value: node } = pair
  if (isAlias(node)) {
    const [start, end] = rangeOf(node)
    return { start, end, text: plain(value) }
  }
  const splice = isScalar(node) ? replaceScalar(yaml, node, value) : undefined
  if (!splice) throw notEditable(yaml, path, 'it holds no text of one line')
  return splice
}

function childOf(node: Node | undefined, key: string): unknown {
  if (isMap(node)) return pairOf(node, key)?.value
  return isSeq(node) ? node.items[Number(key)] : undefined
}

function nested(keys: readonly string[], value: string): unknown {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
}

function notEditable({ file: { path: file } }: YamlText, field: string, cause: string): NotEditableError {
  const message = `${file}: ${field} can not be set: ${cause}; see the annotation that names it`
  return new NotEditableError({ reason: 'ImageNotEditable', file, field, message })
}
