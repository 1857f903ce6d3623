import type { Problem } from '@k8or/contracts'
import type { SourceFile, WantedFiles } from '../../render/rendering'
import { declaredTool, discoveredTool, tools } from '../../render/tools'
import { normalPath } from '../../release/resolve-sources'
import { argocdSourceName } from '../edit/argocd-source'
import { kustomizationNames } from '../edit/kustomization'
import type { ImageWriter } from './image-writer'

/** A folder of the repository, and which of its files matter. */
export interface Folder {
  readonly path: string
  readonly wanted: WantedFiles
}

/** Where the images of an application are written. */
export type Place =
  | { readonly kind: 'manifests' }
  | { readonly kind: 'kustomization' | 'values' | 'overrides' | 'parameters'; readonly path: string }

/** The folder that has to be read to know the place and what it says; a problem when the target leaves the repository. */
export function folderOf(writer: ImageWriter): Folder | { problem: Problem } {
  const { source, policies } = writer
  const path = normalPath(source.path)
  const { target } = policies.writeBack
  if (target.kind === 'default') return path === undefined ? outside(source.path) : { path, wanted: ownFiles(writer) }
  const file = joinPath(source.path, target.path)
  if (file === undefined) return outside(target.path)
  const folder = target.kind === 'kustomization' ? file : parentOf(file)
  const suffixes = target.kind === 'kustomization' ? kustomizationNames : [file.slice(file.lastIndexOf('/') + 1)]
  return { path: folder, wanted: { recurse: false, suffixes } }
}

/** The place, now that the files of its folder are known. */
export function placeOf(
  writer: ImageWriter,
  folder: Folder,
  files: readonly SourceFile[],
): Place | { problem: Problem } {
  const { source, policies, instanceName } = writer
  const { target } = policies.writeBack
  const has = (name: string) => files.some(({ path, isLink }) => path === name && !isLink)
  if (target.kind === 'kustomization') {
    const name = kustomizationNames.find(has)
    return name === undefined
      ? missing(`${folder.path || '.'} has no kustomization.yaml`)
      : { kind: 'kustomization', path: within(folder, name) }
  }
  if (target.kind === 'helmvalues') {
    const [name = ''] = folder.wanted.suffixes
    return has(name)
      ? { kind: 'values', path: within(folder, name) }
      : missing(`there is no file ${within(folder, name)}`)
  }
  const tool = declaredTool(source) ?? discoveredTool(files)
  if (tool === 'directory') return { kind: 'manifests' }
  const path = within(folder, argocdSourceName(instanceName))
  if (tool === 'kustomize') return { kind: 'overrides', path }
  return tool === 'helm' ? { kind: 'parameters', path } : missing(`nothing can be written for a source of ${tool}`)
}

/** The manifests of a folder, and what tells charts and kustomizations from one. */
function ownFiles({ source }: ImageWriter): WantedFiles {
  const { recurse, suffixes } = tools.directory.wanted(source)
  return { recurse, suffixes: suffixes.length === 0 ? [] : [...suffixes, 'Kustomization'] }
}

export function within({ path }: Folder, name: string): string {
  return path === '' ? name : `${path}/${name}`
}

/** Relative to the source's path, or with a slash in front to the repository's root. */
function joinPath(base: string, path: string): string | undefined {
  const parts: string[] = path.startsWith('/') ? [] : base.split('/').filter((part) => part !== '' && part !== '.')
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined
    if (part !== '..' && part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}

function outside(path: string): { problem: Problem } {
  return missing(`${path} leaves the repository`)
}

function missing(what: string): { problem: Problem } {
  const message = `images can not be written: ${what}; see the annotation write-back-target`
  return {
    problem: { reason: 'WriteTargetMissing', field: 'argocd-image-updater.argoproj.io/write-back-target', message },
  }
}
