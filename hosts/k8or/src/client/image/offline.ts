import type { KnownTag } from '@k8or/chartstore/domain'
import { describeJsonError } from '@k8or/outcome'
import { z } from 'zod'
import type { OfflineContext } from '../context'
import { CommandError, exitCodes, type ExitCode } from '../errors'
import { formatFields } from '../output/table'
import { readInput } from '../offline/read-documents'

export interface SelectFlags {
  readonly tags: string
  readonly strategy: string
  readonly constraint: string
  readonly allow: string
  readonly ignore: readonly string[]
  readonly platform: readonly string[]
}

/** Names, or what a registry tells of each. */
const Tags = z.array(
  z.union([
    z.string().transform((name) => ({ name })),
    z.object({
      name: z.string(),
      created: z.iso.datetime({ offset: true }).nullish(),
      digest: z.string().nullish(),
      platforms: z.array(z.string()).nullish(),
    }),
  ]),
)

/** `k8or image select` */
export async function selectTag({ answer }: OfflineContext, flags: SelectFlags): Promise<ExitCode> {
  const { select, strategyOf } = await import('@k8or/chartstore/domain')
  const strategy = strategyOf(flags.strategy)
  if (!strategy)
    throw new CommandError(`"${flags.strategy}" is no strategy`, 'use semver, newest-build, digest or alphabetical')
  const { constraint } = flags
  const allow = /^(any$|regexp:)/.test(flags.allow) ? flags.allow : `regexp:${flags.allow}`
  const rules = { strategy, constraint, allow, ignore: split(flags.ignore), platforms: split(flags.platform) }
  const { selected, reason } = select(readTags(flags.tags), rules)
  const digest = strategy === 'digest' && selected?.digest !== undefined ? { digest: selected.digest } : {}
  await answer({
    data: { selected: selected?.name ?? null, ...digest, reason },
    names: () => (selected ? [selected.name] : []),
    table: () =>
      formatFields([
        ['Selected', selected?.name ?? 'none'],
        ['Reason', reason],
      ]),
  })
  return selected ? exitCodes.fine : exitCodes.no
}

export interface EditFlags {
  readonly file: string
  readonly image: string
  readonly to: string
  readonly key?: string
}

/** `k8or image edit`: the file as it would be, byte by byte but for what names the image. */
export async function editFile({ terminal }: OfflineContext, { file, ...asked }: EditFlags): Promise<ExitCode> {
  const { editAnyFile, NotEditableError } = await import('@k8or/chartstore/domain')
  const text = readText(file)
  try {
    const edited = editAnyFile({ path: file, text }, asked)
    if (!edited) {
      const where = asked.key === undefined ? `does not name ${asked.image}` : `has no ${asked.key}`
      terminal.complain(`k8or: ${file} ${where}`)
      return exitCodes.no
    }
    terminal.write(edited.text)
    return exitCodes.fine
  } catch (error) {
    if (error instanceof NotEditableError) throw new CommandError(error.message, undefined, { cause: error })
    throw error
  }
}

/** The text of a file, its byte order mark with it; what is not UTF-8 can not be kept as it is. */
function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readInput(file))
  } catch (cause) {
    if (cause instanceof CommandError) throw cause
    throw new CommandError(`${file} is not UTF-8`, 'save it as UTF-8', { cause })
  }
}

function readTags(file: string): KnownTag[] {
  const parsed = Tags.safeParse(parseJson(file))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new CommandError(
      `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
      'write a JSON list of names, or of {"name", "created", "digest", "platforms"}',
    )
  }
  return parsed.data.map((tag) => {
    const told = Object.entries(tag).filter(([, value]) => value !== null && value !== undefined)
    return Object.fromEntries(told) as unknown as KnownTag
  })
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readInput(file).toString('utf8'))
  } catch (cause) {
    if (cause instanceof CommandError) throw cause
    throw new CommandError(`${file} is not JSON: ${describeJsonError(cause)}`, 'write a JSON list', { cause })
  }
}

function split(texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')
}
