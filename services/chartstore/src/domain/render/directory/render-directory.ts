import type { Problem } from '@k8or/contracts'
import { matchesGlob } from '@k8or/projects'
import type { Rendered, RenderedObject, SourceFile, SourceToRender, WantedFiles } from '../rendering'
import { checkObject, expandLists, hasKind } from './check-object'
import { readDirectoryBlock, type DirectoryBlock } from './directory-block'
import { resolveLink } from './links'
import { looksLikeManifest, parseJson, parseYaml, type ParsedFile } from './parse-yaml'
import { notText, textOf } from './text'

const skipMark = '# +argocd:skip-file-rendering'
const suffixes = ['.yaml', '.yml', '.json', '.jsonnet']

/** Which files a folder of plain manifests is made of. */
export function wantedOfDirectory(source: SourceToRender): WantedFiles {
  const block = readDirectoryBlock(source)
  if ('problem' in block) return { recurse: false, suffixes }
  return { recurse: block.recurse, suffixes: block.disableExtensionFilter ? [] : suffixes }
}

/** Renders a folder of plain manifests: what its files hold, in the order of their names. */
export function renderDirectory(source: SourceToRender, files: readonly SourceFile[]): Rendered {
  const block = readDirectoryBlock(source)
  if ('problem' in block) return { objects: [], problems: [block.problem as Problem] }
  const rendered: { objects: RenderedObject[]; problems: Problem[] } = { objects: [], problems: [] }
  for (const file of selectFiles(block, files)) {
    const read = readFile(file, files)
    if ('problem' in read) rendered.problems.push(read.problem)
    else addDocuments(rendered, file.path, read.documents)
  }
  return rendered
}

function selectFiles(block: DirectoryBlock, files: readonly SourceFile[]): SourceFile[] {
  const { recurse, include, exclude, disableExtensionFilter } = block
  return files
    .filter(({ path }) => disableExtensionFilter || suffixes.some((suffix) => path.endsWith(suffix)))
    .filter(({ path }) => recurse || !path.includes('/'))
    .filter(({ path }) => exclude === '' || !matchesGlob(exclude, path))
    .filter(({ path }) => include === '' || matchesGlob(include, path))
    .sort((one, other) => (one.path < other.path ? -1 : 1))
}

function readFile(file: SourceFile, files: readonly SourceFile[]): ParsedFile {
  if (file.path.endsWith('.jsonnet')) return { problem: jsonnetProblem(file.path) }
  const led = resolveLink(file, files)
  if ('nothing' in led) return { documents: [] }
  if ('problem' in led) return led
  const text = textOf(led.file.content)
  if (text === undefined) return { problem: notText(file.path) }
  if (text.includes(skipMark)) return { documents: [] }
  if (file.path.endsWith('.json')) return parseJson(file.path, text)
  const parsed = parseYaml(file.path, text)
  return isMeantForKubernetes(parsed, text) ? parsed : { documents: [] }
}

/** Values, notes and the like often lie beside manifests: Argo CD passes over what neither is an object nor looks like one. */
function isMeantForKubernetes(parsed: ParsedFile, text: string): boolean {
  return looksLikeManifest(text) || ('documents' in parsed && parsed.documents.some(hasKind))
}

function addDocuments(
  rendered: { objects: RenderedObject[]; problems: Problem[] },
  file: string,
  documents: readonly unknown[],
): void {
  documents.forEach((document, index) => {
    const place = documents.length > 1 ? `${file} document ${index + 1}` : file
    for (const item of expandLists(document)) {
      const checked = checkObject(file, place, item)
      if ('problem' in checked) rendered.problems.push(checked.problem)
      else rendered.objects.push({ file, object: checked.object })
    }
  })
}

function jsonnetProblem(file: string): Problem {
  const message = `${file} needs jsonnet, which can not be rendered yet: exclude it by spec.source.directory.exclude`
  return { reason: 'ToolNotSupported', file, field: 'spec.source.directory', message }
}
