import type { OfflineContext } from '../context'
import { CommandError } from '../errors'
import { formatTable } from '../output/table'
import { colored } from '../output/words'
import { readDocuments } from './read-documents'

interface Judged {
  readonly object: string
  /** Null where no rule has an opinion. */
  readonly status: string | null
  readonly message: string
  readonly rule: string | null
}

/** `k8or health` */
export async function judgeFile({ answer }: OfflineContext, { file }: { file: string }): Promise<undefined> {
  const documents = await readDocuments(file)
  if (documents.length === 0) throw new CommandError(`${file} holds no object`)
  const { judgeObject } = await import('@k8or/insighthub/domain')
  const judged = documents.map((document): Judged => {
    const { health, rule } = judgeObject(identified(document, file))
    return { object: describe(document), status: health?.status ?? null, message: health?.message ?? '', rule }
  })
  const data = judged.map(({ status, message, rule }) => ({ status, message, rule }))
  await answer({
    data: data.length === 1 ? data[0] : judged,
    names: () => judged.map(({ status }) => status ?? ''),
    table: ({ colors }) =>
      formatTable(
        ['OBJECT', 'HEALTH', 'RULE', 'MESSAGE'],
        judged.map(({ object, status, rule, message }) => [
          object,
          status === null ? 'no opinion' : colored(status, colors),
          rule ?? '',
          message,
        ]),
      ),
  })
  return undefined
}

type Identified = Record<string, unknown> & { readonly apiVersion: string; readonly kind: string }

function identified(document: Record<string, unknown>, file: string): Identified {
  const { apiVersion, kind } = document
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw new CommandError(
      `${file}: an object has no ${typeof apiVersion === 'string' ? 'kind' : 'apiVersion'}`,
      'every object needs apiVersion and kind',
    )
  return { ...document, apiVersion, kind }
}

function describe({ kind, metadata }: Record<string, unknown>): string {
  const { namespace, name } = (metadata ?? {}) as { namespace?: unknown; name?: unknown }
  return `${String(kind)} ${[namespace, name].filter((part) => typeof part === 'string').join('/')}`.trimEnd()
}
