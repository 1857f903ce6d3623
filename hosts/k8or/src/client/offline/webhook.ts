import { describeJsonError } from '@k8or/outcome'
import type { OfflineContext } from '../context'
import { CommandError, exitCodes, type ExitCode } from '../errors'
import { formatFields } from '../output/table'
import { readInput } from './read-documents'

interface WebhookFlags {
  readonly headers: string
  readonly secret?: string
}

interface ParsedWebhook {
  readonly provider: string
  readonly event: string
  readonly repositories: readonly string[]
  readonly refs: readonly string[]
  readonly revision: string | null
  readonly images: readonly string[]
  /** Null where no secret was given to verify it by. */
  readonly verified: boolean | null
  /** Why it is of no concern, or not genuine. */
  readonly reason?: string
}

/** `k8or webhook parse` */
export async function parseWebhook(
  { answer, terminal }: OfflineContext,
  flags: WebhookFlags,
  body: string,
): Promise<ExitCode> {
  const { providerOf } = await import('@k8or/codesource/domain')
  const request = {
    headers: parseHeaders(readInput(flags.headers).toString('utf8'), flags.headers),
    body: readInput(body),
  }
  const provider = providerOf(request)
  if ('unknown' in provider)
    throw new CommandError(provider.unknown, `see the names of the headers in ${flags.headers}`)
  const refusal = flags.secret === undefined ? undefined : provider.refusal(request, flags.secret)
  const verified = flags.secret === undefined ? null : refusal === undefined
  const parsed: ParsedWebhook = {
    provider: provider.id,
    ...contentOf(provider.read(request)),
    verified,
    ...(refusal === undefined ? {} : { reason: refusal }),
  }
  await answer({ data: parsed, names: () => [...parsed.repositories, ...parsed.images], table: () => describe(parsed) })
  if (refusal !== undefined) terminal.complain(`k8or: ${refusal}`)
  return verified === false ? exitCodes.no : exitCodes.fine
}

type Read =
  | { ignored: string }
  | {
      event: string
      repositories: string[]
      ref?: string | undefined
      after?: string | undefined
      images?: { name: string; tag: string; digest: string }[] | undefined
    }

function contentOf(read: Read) {
  if ('ignored' in read)
    return { event: 'ignored', repositories: [], refs: [], revision: null, images: [], reason: read.ignored }
  const { event, repositories, ref, after, images = [] } = read
  const names = images.map(({ name, tag, digest }) => (digest === '' ? `${name}:${tag}` : `${name}:${tag}@${digest}`))
  return { event, repositories, refs: ref === undefined ? [] : [ref], revision: after ?? null, images: names }
}

/** Headers as JSON, or as lines `Name: value`; names in lower case. */
export function parseHeaders(text: string, file: string): Record<string, string> {
  const pairs = text.trimStart().startsWith('{')
    ? Object.entries(parseJson(text, file))
    : text.split(/\r?\n/).flatMap(parseLine)
  return Object.fromEntries(
    pairs.map(([name, value]) => [name.toLowerCase(), String(Array.isArray(value) ? value[0] : value)]),
  )
}

function parseLine(line: string): [string, string][] {
  const at = line.indexOf(':')
  return at <= 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]]
}

function parseJson(text: string, file: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch (cause) {
    throw new CommandError(
      `${file} is not JSON: ${describeJsonError(cause)}`,
      'write a JSON object, or lines of `Name: value`',
      { cause },
    )
  }
}

function describe({ provider, event, repositories, images, refs, revision, verified, reason }: ParsedWebhook): string {
  return formatFields([
    ['Provider', provider],
    ['Event', event],
    ['Repositories', repositories.join(', ')],
    ['Images', images.join(', ')],
    ['Refs', refs.join(', ')],
    ['Revision', revision ?? ''],
    ['Verified', verified === null ? 'not asked (no --secret)' : String(verified)],
    ['Reason', reason ?? ''],
  ])
}
