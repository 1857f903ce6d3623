import type { DeclaredSource } from '@k8or/contracts'
import type { Rendered, SourceFile, WantedFiles } from './rendering'
import { declaredTool, discoveredTool, toolProblem, tools } from './tools'

/** The files that a source is rendered from, with those by which its tool is known. */
export function wantedFiles(source: DeclaredSource): WantedFiles {
  const { recurse, suffixes } = (tools[declaredTool(source) ?? 'directory'] ?? tools.directory).wanted(source)
  return { recurse, suffixes: suffixes.length === 0 ? [] : [...suffixes, 'Kustomization'] }
}

/** Renders one source from its files, by the tool that it declares or that its files ask for. */
export function renderSource(source: DeclaredSource, files: readonly SourceFile[]): Rendered {
  const name = declaredTool(source) ?? discoveredTool(files)
  const problem = toolProblem(source, name)
  const tool = tools[name]
  if (problem || !tool) return { objects: [], problems: problem ? [problem] : [] }
  return tool.render(source, files)
}
