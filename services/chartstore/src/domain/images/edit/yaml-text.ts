import { isAlias, isCollection, isMap, isScalar, LineCounter, parseAllDocuments, stringify } from 'yaml'
import type { Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { NotEditableError, type TextFile } from './edited'

/** A part of a text that is replaced; everything around it stays byte by byte. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

export type YamlDocument = Document.Parsed

/** A YAML file with the places of its values. */
export interface YamlText {
  readonly file: TextFile
  readonly documents: readonly YamlDocument[]
  /** How its lines end. */
  readonly eol: string
}

/** @throws NotEditableError when it can not be read */
export function readYaml(file: TextFile): YamlText {
  const lines = new LineCounter()
  const documents = parsed(file, lines)
  const [error] = documents.flatMap((document) => document.errors)
  if (error) {
    const { line } = lines.linePos(error.pos[0])
    const message = `${file.path}:${String(line)} is not readable YAML: ${reasonOf(error)}; mend it`
    throw new NotEditableError({ reason: 'InvalidYaml', file: file.path, line, message }, { cause: error })
  }
  return { file, documents, eol: file.text.includes('\r\n') ? '\r\n' : '\n' }
}

/** The reader reads by recursion. */
function parsed({ path, text }: TextFile, lineCounter: LineCounter): YamlDocument[] {
  try {
    return [...parseAllDocuments(text, { lineCounter })]
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    const message = `${path} is not readable YAML: ${reasonOf(cause)}; mend it`
    throw new NotEditableError({ reason: 'InvalidYaml', file: path, message })
  }
}

function reasonOf({ message }: Error): string {
  return message.includes('call stack') ? 'it is nested too deeply' : (message.split('\n')[0] ?? '')
}

export function applySplices(text: string, splices: readonly Splice[]): string {
  const fromBehind = [...splices].sort((one, other) => other.start - one.start)
  return fromBehind.reduce(
    (edited, { start, end, text: put }) => edited.slice(0, start) + put + edited.slice(end),
    text,
  )
}

/** Replaces a scalar's value and keeps how it is written; `undefined` when that is not possible. */
export function replaceScalar({ file: { text } }: YamlText, node: Scalar, value: string): Splice | undefined {
  const [start, end] = rangeOf(node)
  const written = text.slice(start, end)
  switch (node.type) {
    case 'QUOTE_SINGLE':
      return { start, end, text: `'${value.replaceAll("'", "''")}'` }
    case 'QUOTE_DOUBLE':
      return { start, end, text: JSON.stringify(value) }
    case 'BLOCK_FOLDED':
    case 'BLOCK_LITERAL': {
      const parts = written.split(String(node.value).trimEnd())
      return parts.length === 2 ? { start, end, text: parts.join(value) } : undefined
    }
    default:
      return { start, end, text: `${written === '' && /\S/.test(text[start - 1] ?? '') ? ' ' : ''}${plain(value)}` }
  }
}

/** A value without quotes where every reader takes it for a text, YAML 1.1 and 1.2 alike; else in double quotes. */
export function plain(value: string): string {
  const isText = (['1.1', '1.2'] as const).every(
    (version) => stringify(value, { version, lineWidth: 0 }).trimEnd() === value,
  )
  return isText && !/[,[\]{}\n]/.test(value) ? value : JSON.stringify(value)
}

/** The pair of a key in a map itself. */
export function pairOf(map: YAMLMap, key: string): Pair<Node, Node | null> | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key) as Pair<Node, Node | null> | undefined
}

/** A scalar as it is written, so that 1.10 stays 1.10; undefined for null and what is no scalar. */
export function scalarText(node: unknown): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined
  return typeof node.value === 'string' ? node.value : node.source
}

/** What a node is, through an alias. */
export function resolved(node: unknown, document: YamlDocument): Node | undefined {
  if (isAlias(node)) return node.resolve(document)
  return node === null ? undefined : (node as Node | undefined)
}

/** Adds a pair behind the others of a map. */
export function insertPair(yaml: YamlText, map: YAMLMap, key: string, value: unknown): Splice {
  if (map.flow || map.items.length === 0) return insertInFlow(yaml, map, `${keyLike(yaml, map, key)}: ${inFlow(value)}`)
  return insertLines(yaml, map, inBlock({ [key]: value }))
}

/** Adds an item behind the others of a list. */
export function insertItem(yaml: YamlText, list: YAMLSeq, value: unknown): Splice {
  if (list.flow || list.items.length === 0) return insertInFlow(yaml, list, inFlow(value))
  return insertLines(yaml, list, inBlock([value]))
}

/** Gives a value to a key that has none, or says so. */
export function fillPair(yaml: YamlText, map: YAMLMap, pair: Pair<Node, Node | null>, value: unknown): Splice {
  const { text } = yaml.file
  const [keyStart, keyEnd] = rangeOf(pair.key)
  const [start, end] = pair.value ? rangeOf(pair.value) : [keyEnd, keyEnd]
  if (map.flow || end > start)
    return { start, end, text: `${/\s/.test(text[start - 1] ?? '') ? '' : ' '}${inFlow(value)}` }
  const indent = indentOf(text, keyStart) + (Array.isArray(value) ? '' : '  ')
  return linesAt(yaml, endOfLine(text, end), indent, inBlock(value))
}

/** Adds lines at the end of a document that has nothing but comments. */
export function appendDocument(yaml: YamlText, value: unknown): Splice {
  return linesAt(yaml, yaml.file.text.length, '', inBlock(value))
}

export function rangeOf(node: Node): readonly [start: number, end: number] {
  const [start = 0, end = 0] = node.range ?? []
  return [start, end]
}

function insertLines(yaml: YamlText, collection: YAMLMap | YAMLSeq, lines: string): Splice {
  const { text } = yaml.file
  const [start] = rangeOf(collection)
  return linesAt(yaml, endOfLine(text, lastEnd(collection)), indentOf(text, start), lines)
}

function linesAt({ file: { text }, eol }: YamlText, at: number, indent: string, lines: string): Splice {
  const put = lines
    .trimEnd()
    .split('\n')
    .map((line) => `${indent}${line}${eol}`)
    .join('')
  const opens = at > 0 && text[at - 1] !== '\n'
  return { start: at, end: at, text: opens ? `${eol}${put.slice(0, -eol.length)}` : put }
}

/** Where the last value of a collection ends, comments behind it left aside. */
function lastEnd(collection: YAMLMap | YAMLSeq): number {
  const last = collection.items.at(-1) as Node | Pair<Node, Node | null> | undefined
  const node = last && 'key' in last ? (last.value ?? last.key) : last
  if (!node) return rangeOf(collection)[1]
  return isCollection(node) && !node.flow && node.items.length > 0 ? lastEnd(node) : rangeOf(node)[1]
}

/** The beginning of the line behind a place, which may be such a beginning itself. */
function endOfLine(text: string, at: number): number {
  if (at > 0 && text[at - 1] === '\n') return at
  const next = text.indexOf('\n', at)
  return next === -1 ? text.length : next + 1
}

/** As many spaces as stand before a place, whatever else stands there: an item's first key is behind a dash. */
function indentOf(text: string, at: number): string {
  return ' '.repeat(at - (text.lastIndexOf('\n', at - 1) + 1))
}

function insertInFlow(yaml: YamlText, collection: YAMLMap | YAMLSeq, put: string): Splice {
  const [start, end] = rangeOf(collection)
  if (collection.items.length > 0) {
    const at = lastEnd(collection)
    return { start: at, end: at, text: `, ${put}` }
  }
  return { start, end, text: isMap(collection) ? `{${put}}` : `[${put}]` }
}

/** A key as its neighbours are written: JSON quotes all. */
function keyLike({ file: { text } }: YamlText, map: YAMLMap, key: string): string {
  const [first] = map.items
  return first && isScalar(first.key) && text[rangeOf(first.key)[0]] === '"' ? JSON.stringify(key) : key
}

/** Flow style, texts as they would be alone. */
function inFlow(value: unknown): string {
  if (typeof value === 'string') return plain(value)
  if (Array.isArray(value)) return `[${value.map(inFlow).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, inner]) => `${key}: ${inFlow(inner)}`)
      .join(', ')}}`
  return String(value)
}

/** Block style with lists at the indentation of their keys. */
function inBlock(value: unknown): string {
  if (Array.isArray(value))
    return value.map((item) => `- ${inBlock(item).trimEnd().replaceAll('\n', '\n  ')}\n`).join('')
  if (typeof value !== 'object' || value === null) return `${inFlow(value)}\n`
  return Object.entries(value)
    .map(([key, inner]) => {
      const lines = inBlock(inner)
      if (typeof inner !== 'object' || inner === null) return `${key}: ${lines}`
      return `${key}:\n${Array.isArray(inner) ? lines : lines.replace(/^(?=.)/gm, '  ')}`
    })
    .join('')
}
