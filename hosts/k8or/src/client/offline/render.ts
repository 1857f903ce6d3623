import type { DeclaredSource } from '@k8or/contracts'
import type { OfflineContext } from '../context'
import { CommandError } from '../errors'
import { FolderTrees } from './folder-trees'
import { readDocuments } from './read-documents'

export interface RenderFlags {
  readonly file: string
  /** `REPO_URL=DIR` each. */
  readonly source: readonly string[]
  /** The version of the cluster that charts are told; Helm's own when absent. */
  readonly kubeVersion?: string
}

/** `k8or render` */
export async function renderFile({ answer, terminal }: OfflineContext, flags: RenderFlags): Promise<undefined> {
  const { canonicalRepositoryUrl } = await import('@k8or/contracts')
  const { composeRelease } = await import('@k8or/chartstore/domain')
  const { RenderPool, loadConfig } = await import('@k8or/chartstore/renderer')
  const directories = new Map(flags.source.map((each) => parseSource(each, canonicalRepositoryUrl)))
  const application = await readApplication(flags.file)
  const trees = new FolderTrees((url) => directoryOf(url, directories.get(canonicalRepositoryUrl(url))))
  const renderer = new RenderPool(loadConfig().renderHosts)
  const capabilities = () => Promise.resolve({ kubeVersion: flags.kubeVersion ?? '', apiVersions: [] })
  const target = { ...application.target, cluster: '', capabilities }
  const located = application.sources.map((declared) => ({ declared, resolved: resolvedOf(declared) }))
  const release = await composeRelease(located, { trees, renderer, target }).finally(() => renderer.stop())
  if ('problems' in release) throw new CommandError(release.problems.map(({ message }) => message).join('\nk8or: '))
  for (const { message } of release.warnings) terminal.complain(`k8or: ${message}`)
  const objects = JSON.parse(release.manifests) as Record<string, unknown>[]
  const { dump } = await import('js-yaml')
  await answer({
    data: { objects, images: release.images, inputs: trees.inputs },
    names: () => objects.map(({ kind, metadata }) => `${String(kind)}/${(metadata as { name?: string }).name ?? ''}`),
    table: () =>
      objects
        .map((object) => dump(object, { noRefs: true, lineWidth: -1 }))
        .join('---\n')
        .trimEnd(),
  })
  return undefined
}

/** A folder has no commits. */
function resolvedOf({ repoURL, path, targetRevision }: DeclaredSource) {
  return {
    repoURL,
    path: path
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/'),
    targetRevision,
    revision: '',
    tree: 'folder',
  }
}

function parseSource(text: string, canonical: (url: string) => string): [url: string, directory: string] {
  const at = text.lastIndexOf('=')
  if (at <= 0) throw new CommandError(`"${text}" is no source`, 'write --source REPO_URL=DIR')
  return [canonical(text.slice(0, at)), text.slice(at + 1)]
}

async function readApplication(file: string) {
  const { DeclaredSource } = await import('@k8or/contracts')
  const application = (await readDocuments(file)).find(({ kind }) => kind === 'Application')
  if (application === undefined) throw new CommandError(`${file} holds no Application`)
  const spec = (application['spec'] ?? {}) as ApplicationSpec
  const declared = Array.isArray(spec.sources) && spec.sources.length > 0 ? spec.sources : [spec.source]
  const sources = declared.map((each: unknown) => {
    const parsed = DeclaredSource.safeParse(each)
    if (parsed.success) return parsed.data
    throw new CommandError(
      `${file}: the Application's source is not readable: ${parsed.error.issues[0]?.message ?? ''}`,
      'see spec.source or spec.sources',
    )
  })
  const { name = '' } = (application['metadata'] ?? {}) as { name?: string }
  const target = { instance: name, project: spec.project ?? 'default', namespace: spec.destination?.namespace ?? '' }
  return { sources, target }
}

interface ApplicationSpec {
  readonly source?: unknown
  readonly sources?: unknown
  readonly project?: string
  readonly destination?: { readonly namespace?: string }
}

function directoryOf(url: string, directory: string | undefined): string {
  if (directory === undefined) throw new CommandError(`no folder is given for ${url}`, `add --source ${url}=DIR`)
  return directory
}
