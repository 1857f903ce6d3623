import type { DeclaredSource } from '@k8or/contracts'
import type { Rendered, SourceFile } from './rendering'
import { declaredTool, discoveredTool, toolProblem, tools } from './tools'

/** Whether the files of folders below the source's are needed to render it. */
export function needsFolders(source: DeclaredSource): boolean {
  return tools[declaredTool(source) ?? 'directory']?.recurses(source) ?? true
}

/** Renders one source from its files, by the tool that it declares or that its files ask for. */
export function renderSource(source: DeclaredSource, files: readonly SourceFile[]): Rendered {
  const name = declaredTool(source) ?? discoveredTool(files)
  const problem = toolProblem(source, name)
  const tool = tools[name]
  if (problem || !tool) return { objects: [], problems: problem ? [problem] : [] }
  return tool.render(source, files)
}
