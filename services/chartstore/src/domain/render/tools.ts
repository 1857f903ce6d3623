import { canonicalRepositoryUrl, type DeclaredSource, type Problem } from '@k8or/contracts'
import { renderDirectory, wantedOfDirectory } from './directory/render-directory'
import { renderHelm, wantedOfHelm } from './helm/render-helm'
import { renderKustomize, wantedOfKustomize } from './kustomize/render-kustomize'
import type { RenderJob } from './render-job'
import type { Rendered, SourceFile, WantedFiles } from './rendering'

/** What turns the files of a source into objects. */
export interface RenderingTool {
  readonly id: string
  /** The files of the source's own path that it needs. */
  readonly wanted: (source: DeclaredSource) => WantedFiles
  readonly render: (job: RenderJob) => Promise<Rendered>
}

/** Every tool that can render, by name. */
export const tools: Readonly<Partial<Record<string, RenderingTool>> & { directory: RenderingTool }> = {
  directory: {
    id: 'directory',
    wanted: wantedOfDirectory,
    render: ({ source, files }) => Promise.resolve(renderDirectory(source, files)),
  },
  helm: { id: 'helm', wanted: wantedOfHelm, render: renderHelm },
  kustomize: { id: 'kustomize', wanted: wantedOfKustomize, render: renderKustomize },
}

const blocks = ['helm', 'kustomize', 'plugin', 'directory'] as const
const markers: Readonly<Record<string, string>> = {
  'Chart.yaml': 'helm',
  'kustomization.yaml': 'kustomize',
  'kustomization.yml': 'kustomize',
  Kustomization: 'kustomize',
}

/** The tool that an application declares, before its files are known; undefined when the files decide. */
export function declaredTool(source: DeclaredSource): string | undefined {
  if (isChart(source)) return 'helm'
  return blocks.find((block) => isGiven(source[block]))
}

/** The tool that the files ask for, in Argo CD's order: Helm, then Kustomize, else plain files. */
export function discoveredTool(files: readonly SourceFile[]): string {
  const names = new Set(files.map(({ path }) => path))
  return Object.entries(markers).find(([marker]) => names.has(marker))?.[1] ?? 'directory'
}

/** More than one block is Argo CD's own error; a tool that is not in the list is named with what to do. */
export function toolProblem(source: DeclaredSource, tool: string): Problem | undefined {
  if (blocks.filter((block) => isGiven(source[block])).length > 1)
    return {
      reason: 'InvalidSource',
      field: 'spec.source',
      message: 'multiple application sources defined: keep one of helm, kustomize, plugin, directory',
    }
  if (isChart(source)) return chartProblem(source)
  if (tool in tools) return undefined
  const message = `source ${canonicalRepositoryUrl(source.repoURL)} path ${source.path || '.'} needs ${tool}, which can not be rendered yet; Helm, Kustomize, plain YAML and JSON files can`
  return { reason: 'ToolNotSupported', field: `spec.source.${tool}`, message }
}

function chartProblem({ chart = '', ...source }: DeclaredSource): Problem {
  const repoURL = canonicalRepositoryUrl(source.repoURL)
  const what = chart === '' ? repoURL : `chart ${chart} of ${repoURL}`
  const message = `${what}: helm charts from registries are not fetched yet; commit the chart and name its path`
  return { reason: 'ToolNotSupported', field: chart === '' ? 'spec.source.repoURL' : 'spec.source.chart', message }
}

/** Charts and OCI artifacts come from registries, not from git. */
function isChart({ chart = '', repoURL }: DeclaredSource): boolean {
  return chart !== '' || repoURL.startsWith('oci://')
}

/** A source that only lends its files to the others: it has a name, and nothing of its own to render. */
export function isReferenceOnly(source: DeclaredSource | undefined): boolean {
  return source === undefined || ((source.ref ?? '') !== '' && source.path === '' && !isChart(source))
}

/** What is wrong with a source by its declaration alone. */
export function declaredProblem(source: DeclaredSource): Problem | undefined {
  return toolProblem(source, declaredTool(source) ?? 'directory')
}

function isGiven(block: unknown): boolean {
  return typeof block === 'object' && block !== null && Object.keys(block).length > 0
}
