import { readFileSync } from 'node:fs'
import { CommandError } from '../errors'

const standardInput = 0

/** The bytes of a file, or of the standard input where the file is `-`. */
export function readInput(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? standardInput : file)
  } catch (cause) {
    throw new CommandError(`${file} can not be read: ${(cause as Error).message}`, undefined, { cause })
  }
}

/** The YAML or JSON documents of a file, without empty ones; the items of a List one by one. */
export async function readDocuments(file: string): Promise<Record<string, unknown>[]> {
  const { CORE_SCHEMA, loadAll } = await import('js-yaml')
  const text = readInput(file).toString('utf8')
  const documents = parsed(() => loadAll(text, null, { schema: CORE_SCHEMA, filename: file }), file).filter(
    (document) => document != null,
  )
  const objects = documents.flatMap((document) => itemsOf(document))
  if (objects.some((object) => typeof object !== 'object' || object === null || Array.isArray(object)))
    throw new CommandError(
      `${file} holds something that is no object`,
      'every document needs apiVersion, kind and metadata',
    )
  return objects as Record<string, unknown>[]
}

/** The one object of a file. */
export async function readObject(file: string): Promise<Record<string, unknown>> {
  const [object, ...others] = await readDocuments(file)
  if (object === undefined || others.length > 0)
    throw new CommandError(`${file} holds ${others.length + (object ? 1 : 0)} objects, one is needed`)
  return object
}

function itemsOf(document: unknown): unknown[] {
  const { kind, items } = document as { kind?: unknown; items?: unknown }
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) ? items : [document]
}

function parsed<Value>(parse: () => Value, file: string): Value {
  try {
    return parse()
  } catch (cause) {
    throw new CommandError(`${file} is not YAML: ${(cause as Error).message}`, undefined, { cause })
  }
}
