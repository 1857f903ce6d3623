import { NotEditableError, type Edited, type TextFile } from './edited'
import { readYaml } from './yaml-text'

const mostAliases = 10_000

/**
 * An edit that reads back as what was meant: what differs is one of the texts that were put in. Anything else is a fault of ours,
 * and must not be committed.
 */
export function checked(
  file: TextFile,
  edited: Edited,
  put: readonly string[] = edited.changes.map(({ to }) => to),
): Edited {
  if (edited.text === file.text) return edited
  const before = valuesOf(file)
  const after = valuesAfter(file, edited.text)
  const meant = new Set(put)
  const wrong = differences(before, after, '').find(({ to }) => !meant.has(String(to)))
  if (!wrong) return edited
  const message = `${file.path}: ${wrong.field || 'the file'} would change too; edit it by hand, and tell how it looks`
  throw new NotEditableError({ reason: 'ImageNotEditable', file: file.path, field: wrong.field, message })
}

function valuesAfter(file: TextFile, text: string): unknown[] {
  try {
    return valuesOf({ ...file, text })
  } catch (cause) {
    const message = `${file.path} can not be changed in place; write keys and values on lines of their own`
    throw new NotEditableError({ reason: 'ImageNotEditable', file: file.path, message }, { cause })
  }
}

function valuesOf(file: TextFile): unknown[] {
  const { documents } = readYaml(file)
  try {
    return documents
      .map((document) => document.toJS({ maxAliasCount: mostAliases }) as unknown)
      .filter((value) => value !== null)
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause
    const message = `${file.path} has aliases that are nested, or more than ${String(mostAliases)}; write out what they stand for`
    throw new NotEditableError({ reason: 'InvalidYaml', file: file.path, message })
  }
}

interface Difference {
  readonly field: string
  readonly to: unknown
}

function differences(before: unknown, after: unknown, field: string): Difference[] {
  if (Object.is(before, after)) return []
  if (isObject(after) && (isObject(before) || before === undefined || before === null)) {
    const earlier = before ?? {}
    if (isObject(before) && Array.isArray(before) !== Array.isArray(after)) return [{ field, to: undefined }]
    const keys = new Set([...Object.keys(earlier), ...Object.keys(after)])
    return [...keys].flatMap((key) => differences(earlier[key], after[key], field === '' ? key : `${field}.${key}`))
  }
  return [{ field, to: after }]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
