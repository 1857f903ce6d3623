import type { DeclaredSource, Problem } from '@k8or/contracts'
import type { Renderer, Trees } from '../ports'
import { BuildEnvironment } from './build-environment'
import { linkReads } from '../release/recorded-reads'
import { overrideSource } from './overrides'
import type { LocatedSource, Rendered, RenderTarget, SourceFile, WantedFiles } from './rendering'
import { declaredTool, discoveredTool, toolProblem, tools } from './tools'

/** What renders the sources of an application, and whom it is for. */
export interface RenderMeans {
  readonly trees: Trees
  readonly renderer: Renderer
  readonly target: RenderTarget
}

/**
 * Renders one of the located sources by the tool that it declares or that its files ask for.
 * @throws SourceUnreadableError, RendererNotReadyError
 */
export async function renderSource(
  located: readonly LocatedSource[],
  index: number,
  { trees, renderer, target }: RenderMeans,
): Promise<Rendered> {
  const own = located[index]
  if (!own) return failed([])
  const { repoURL, revision, path } = own.resolved
  const read = (wanted: WantedFiles) => trees.read(repoURL, revision, path, wanted)
  const first = wantedFiles(own.declared)
  const seen = await read(first)
  const overridden = overrideSource(own.declared, target.instance, seen)
  if ('problem' in overridden) return failed([overridden.problem])
  const { source } = overridden
  const name = declaredTool(source) ?? discoveredTool(seen)
  const problem = toolProblem(source, name)
  const tool = tools[name]
  if (problem || !tool) return failed(problem ? [problem] : [])
  const wanted = tool.wanted(source)
  const files: readonly SourceFile[] = covers(first, wanted) ? seen : await read(wanted)
  const environment = new BuildEnvironment(target, own.resolved)
  const rendered = await tool.render({ source, index, located, target, environment, files, trees, renderer })
  return { ...rendered, tool: tool.id, reads: [...linkReads(files, index, path), ...(rendered.reads ?? [])] }
}

/** The files to begin with: those of the tool that is declared, or those by which it is known. */
function wantedFiles(source: DeclaredSource): WantedFiles {
  const { recurse, suffixes } = (tools[declaredTool(source) ?? 'directory'] ?? tools.directory).wanted(source)
  return { recurse, suffixes: suffixes.length === 0 ? [] : [...suffixes, 'Kustomization'] }
}

function covers(read: WantedFiles, wanted: WantedFiles): boolean {
  if (wanted.recurse && !read.recurse) return false
  return (
    read.suffixes.length === 0 ||
    (wanted.suffixes.length > 0 && wanted.suffixes.every((one) => read.suffixes.includes(one)))
  )
}

function failed(problems: readonly Problem[]): Rendered {
  return { objects: [], problems }
}
