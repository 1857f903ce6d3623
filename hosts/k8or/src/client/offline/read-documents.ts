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
  const { parseYaml, textOf } = await import('@k8or/chartstore/domain')
  const text = textOf(readInput(file))
  if (text === undefined) throw new CommandError(`${file} is not UTF-8`, 'save it as UTF-8')
  const parsed = parseYaml(`${file} is not YAML`, text)
  if ('problem' in parsed) throw new CommandError(parsed.problem.message)
  const objects = parsed.documents.flatMap((document) => itemsOf(document))
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
