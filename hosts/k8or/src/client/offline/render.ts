import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { DeclaredSource } from '@k8or/contracts'
import type { OfflineContext } from '../context'
import { CommandError } from '../errors'
import { readDocuments } from './read-documents'

export interface RenderFlags {
  readonly file: string
  /** `REPO_URL=DIR` each. */
  readonly source: readonly string[]
}

interface Input {
  readonly path: string
  readonly digest: string
}

const mostFiles = 20_000

/** `k8or render` */
export async function renderFile({ answer, terminal }: OfflineContext, flags: RenderFlags): Promise<undefined> {
  const { canonicalRepositoryUrl } = await import('@k8or/contracts')
  const { composeRelease } = await import('@k8or/chartstore/domain')
  const directories = new Map(flags.source.map((each) => parseSource(each, canonicalRepositoryUrl)))
  const sources = await readSources(flags.file)
  const inputs: Input[] = []
  const files = await Promise.all(
    sources.map((source) =>
      readFolder(directoryOf(source, directories.get(canonicalRepositoryUrl(source.repoURL))), inputs),
    ),
  )
  const release = composeRelease({ sources }, files)
  if ('problems' in release) throw new CommandError(release.problems.map(({ message }) => message).join('\nk8or: '))
  for (const { message } of release.warnings) terminal.complain(`k8or: ${message}`)
  const objects = JSON.parse(release.manifests) as Record<string, unknown>[]
  inputs.sort((one, other) => (one.path < other.path ? -1 : 1))
  const { dump } = await import('js-yaml')
  await answer({
    data: { objects, images: release.images, inputs },
    names: () => objects.map(({ kind, metadata }) => `${String(kind)}/${(metadata as { name?: string }).name ?? ''}`),
    table: () =>
      objects
        .map((object) => dump(object, { noRefs: true, lineWidth: -1 }))
        .join('---\n')
        .trimEnd(),
  })
  return undefined
}

function parseSource(text: string, canonical: (url: string) => string): [url: string, directory: string] {
  const at = text.lastIndexOf('=')
  if (at <= 0) throw new CommandError(`"${text}" is no source`, 'write --source REPO_URL=DIR')
  return [canonical(text.slice(0, at)), text.slice(at + 1)]
}

async function readSources(file: string): Promise<DeclaredSource[]> {
  const { DeclaredSource } = await import('@k8or/contracts')
  const application = (await readDocuments(file)).find(({ kind }) => kind === 'Application')
  if (application === undefined) throw new CommandError(`${file} holds no Application`)
  const { source, sources } = (application['spec'] ?? {}) as { source?: unknown; sources?: unknown }
  const declared = Array.isArray(sources) && sources.length > 0 ? sources : [source]
  return declared.map((each: unknown) => {
    const parsed = DeclaredSource.safeParse(each)
    if (parsed.success) return parsed.data
    throw new CommandError(
      `${file}: the Application's source is not readable: ${parsed.error.issues[0]?.message ?? ''}`,
      'see spec.source or spec.sources',
    )
  })
}

function directoryOf(source: DeclaredSource, directory: string | undefined): string {
  if (directory === undefined)
    throw new CommandError(`no folder is given for ${source.repoURL}`, `add --source ${source.repoURL}=DIR`)
  return join(directory, source.path)
}

/** The files of a folder; content is read, and noted as an input, only where the renderer looks at it. */
async function readFolder(directory: string, inputs: Input[]) {
  const { sha256 } = await import('@k8or/contracts')
  return listFiles(directory).map((path) => {
    const file = join(directory, path)
    const isLink = lstatSync(file).isSymbolicLink()
    let content: Buffer | undefined
    return {
      path,
      isLink,
      get content(): Uint8Array {
        if (content === undefined) {
          content = isLink ? Buffer.from(readlinkSync(file)) : readFileSync(file)
          inputs.push({ path, digest: sha256(content) })
        }
        return content
      },
    }
  })
}

function listFiles(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
    const files = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(directory, '/').length))
    if (files.length > mostFiles) throw new Error(`it holds more than ${mostFiles} files`)
    return files.filter((path) => !path.startsWith('.git/')).sort()
  } catch (cause) {
    throw new CommandError(
      `the folder ${directory} can not be read: ${(cause as Error).message}`,
      'see the path of the source and --source',
      { cause },
    )
  }
}
