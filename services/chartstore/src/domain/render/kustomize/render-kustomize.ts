import type { Problem } from '@k8or/contracts'
import { checkedObjects, problemOf } from '../answered-objects'
import { CommitFiles } from '../commit-files'
import { parseYaml } from '../directory/parse-yaml'
import { notText } from '../directory/text'
import { fileText } from '../found-files'
import { renderFound } from '../render-found'
import type { RenderJob } from '../render-job'
import type { Rendered, SourceFile, WantedFiles } from '../rendering'
import { joined, pathFrom } from '../repository-path'
import { editKustomization, hasEdits, type Kustomization } from './edit-kustomization'
import { readKustomizeBlock, type KustomizeBlock } from './kustomize-block'

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** What a kustomization names beyond its own folder is asked for when it is known. */
export function wantedOfKustomize(): WantedFiles {
  return { recurse: false, suffixes: [] }
}

/** Renders a kustomization of git as `kustomize build` does, with what the application changes about it. */
export async function renderKustomize(job: RenderJob): Promise<Rendered> {
  const block = readKustomizeBlock(job.source)
  const located = job.located[job.index]
  if ('problem' in block || !located) return failed('problem' in block ? [block.problem as Problem] : [])
  const { path } = located.resolved
  const commit = new CommitFiles(job.trees, located, job.index)
  const edited = editedFiles(job, await existingComponents(block, path, commit))
  if ('problem' in edited) return failed([edited.problem])
  const own = edited.files.map((file) => ({ ...file, path: joined(path, file.path) }))
  const order = { op: 'kustomize' as const, path }
  const { answer, reads } = await renderFound(job.renderer, commit, order, own)
  const { objects, problems } = answer.problem
    ? failed([problemOf(answer.problem, `the kustomization in ${path || 'the root'}`)])
    : checkedObjects(answer)
  return { objects, problems, reads, consulted: job.environment.consulted() }
}

async function existingComponents(block: KustomizeBlock, path: string, commit: CommitFiles): Promise<KustomizeBlock> {
  if (!block.ignoreMissingComponents || block.components.length === 0) return block
  const paths = block.components.map((component) => pathFrom(path, component) ?? '')
  const entries = await commit.list(paths)
  return { ...block, components: block.components.filter((_, index) => entries.has(paths[index] ?? '')) }
}

function editedFiles(
  { files, environment }: RenderJob,
  block: KustomizeBlock,
): { readonly files: readonly SourceFile[] } | { readonly problem: Problem } {
  const file = files.find(({ path }) => names.includes(path))
  if (!file || !hasEdits(block)) return { files }
  const text = fileText(file)
  const parsed = text === undefined ? { problem: notText(file.path) } : parseYaml(file.path, text)
  if ('problem' in parsed) return parsed
  const result = editKustomization((parsed.documents[0] ?? {}) as Kustomization, block, environment)
  if ('problem' in result) return result
  const content = new TextEncoder().encode(JSON.stringify(result.edited))
  return { files: files.map((each) => (each === file ? { ...file, content } : each)) }
}

function failed(problems: readonly Problem[]): Rendered {
  return { objects: [], problems }
}
