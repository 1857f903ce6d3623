import type { Problem } from '@k8or/contracts'
import { z } from 'zod'
import type { Rendered, RenderedObject, SourceFile, SourceToRender } from '../rendering'
import { matchesGlob } from './glob'
import { resolveLink } from './links'
import { looksLikeManifest, parseJson, parseYaml, type ParsedFile } from './parse-yaml'

const Directory = z.looseObject({
  recurse: z.boolean().default(false),
  include: z.string().default(''),
  exclude: z.string().default(''),
})

const skipMark = '# +argocd:skip-file-rendering'

/** Whether the files below the first folder are wanted too. */
export function isRecursive(source: SourceToRender): boolean {
  return Directory.parse(source.directory ?? {}).recurse
}

/** Renders a folder of plain manifests: what its files hold, in the order of their names. */
export function renderDirectory(source: SourceToRender, files: readonly SourceFile[]): Rendered {
  const rendered: { objects: RenderedObject[]; problems: Problem[] } = { objects: [], problems: [] }
  for (const file of selectFiles(source, files)) {
    const read = readFile(file, files)
    if ('problem' in read) rendered.problems.push(read.problem)
    else for (const document of read.documents) addDocument(rendered, file.path, document)
  }
  return rendered
}

function selectFiles(source: SourceToRender, files: readonly SourceFile[]): SourceFile[] {
  const { recurse, include, exclude } = Directory.parse(source.directory ?? {})
  return files
    .filter(({ path }) => /\.(ya?ml|json)$/.test(path) && (recurse || !path.includes('/')))
    .filter(({ path }) => exclude === '' || !matchesGlob(exclude, path))
    .filter(({ path }) => include === '' || matchesGlob(include, path))
    .sort((one, other) => (one.path < other.path ? -1 : 1))
}

function readFile(file: SourceFile, files: readonly SourceFile[]): ParsedFile {
  const resolved = resolveLink(file, files)
  if ('problem' in resolved) return resolved
  const text = new TextDecoder('utf-8').decode(resolved.file.content)
  if (text.includes(skipMark)) return { documents: [] }
  if (file.path.endsWith('.json')) return parseJson(file.path, text)
  const parsed = parseYaml(file.path, text)
  return 'problem' in parsed && !looksLikeManifest(text) && !text.includes('\0') ? { documents: [] } : parsed
}

function addDocument(
  rendered: { objects: RenderedObject[]; problems: Problem[] },
  file: string,
  document: unknown,
): void {
  if (isList(document)) {
    for (const item of document.items) addDocument(rendered, file, item)
    return
  }
  const checked = checkObject(document)
  if ('field' in checked) rendered.problems.push(objectProblem(file, document, checked))
  else rendered.objects.push({ file, object: checked.object })
}

function isList(document: unknown): document is { items: unknown[] } {
  if (typeof document !== 'object' || document === null) return false
  const { kind, items } = document as { kind?: unknown; items?: unknown }
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
}

const Identity = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z
    .looseObject({ name: z.string().optional(), generateName: z.string().optional() })
    .refine(({ name, generateName }) => (name ?? generateName ?? '') !== '', { path: ['name'], message: 'is missing' }),
})

function checkObject(document: unknown): { object: RenderedObject['object'] } | { field: string; why: string } {
  const checked = Identity.safeParse(document)
  if (checked.success) return { object: document as RenderedObject['object'] }
  const [issue] = checked.error.issues
  return { field: issue?.path.join('.') ?? '', why: issue?.message ?? '' }
}

function objectProblem(file: string, document: unknown, { field, why }: { field: string; why: string }): Problem {
  const { kind, metadata } = (document ?? {}) as { kind?: unknown; metadata?: { name?: unknown } | null }
  const named = [kind, metadata?.name].filter((part) => typeof part === 'string').join(' ')
  const what = named === '' ? 'a document' : named
  const message =
    field === ''
      ? `${file}: ${what} is not a Kubernetes object; every document needs apiVersion, kind and metadata.name`
      : `${file}: ${what}: field ${field} is not as a Kubernetes object needs it: ${why}`
  return { reason: 'InvalidObject', file, ...(field === '' ? {} : { field }), message }
}
