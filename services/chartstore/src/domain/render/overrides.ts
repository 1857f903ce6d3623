import { DeclaredSource, type Problem } from '@k8or/contracts'
import { parseYaml } from './directory/parse-yaml'
import { textOf } from './directory/text'
import { applyMergePatch } from './merge-patch'
import type { SourceFile } from './rendering'

/** Applies `.argocd-source.yaml`, then the application's own, to a source: all but where it comes from. */
export function overrideSource(
  source: DeclaredSource,
  instance: string,
  files: readonly SourceFile[],
): { readonly source: DeclaredSource } | { readonly problem: Problem } {
  let overridden: unknown = source
  for (const name of ['.argocd-source.yaml', `.argocd-source-${instance}.yaml`]) {
    const file = files.find(({ path }) => path === name)
    if (!file) continue
    const parsed = parseYaml(name, textOf(file.content))
    if ('problem' in parsed) return parsed
    overridden = applyMergePatch(overridden, parsed.documents[0] ?? {})
  }
  if (overridden === source) return { source }
  const { repoURL, path, chart, targetRevision } = source
  const read = DeclaredSource.safeParse({ ...(overridden as object), repoURL, path, chart, targetRevision })
  if (read.success) return { source: read.data }
  const message = `.argocd-source.yaml: ${read.error.issues[0]?.path.join('.') ?? ''} ${read.error.issues[0]?.message ?? ''}`
  return { problem: { reason: 'InvalidSource', file: '.argocd-source.yaml', message } }
}
