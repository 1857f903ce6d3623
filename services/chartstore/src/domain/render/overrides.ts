import { DeclaredSource, type Problem } from '@k8or/contracts'
import { parseYaml } from './directory/parse-yaml'
import { notText, textOf } from './directory/text'
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
    const text = textOf(file.content)
    const parsed = text === undefined ? { problem: notText(name) } : parseYaml(name, text)
    if ('problem' in parsed) return parsed
    const [changes = {}] = parsed.documents
    if (typeof changes !== 'object' || Array.isArray(changes)) return { problem: noMap(name) }
    overridden = applyMergePatch(overridden, changes)
  }
  if (overridden === source) return { source }
  const { repoURL, path, chart, targetRevision } = source
  const read = DeclaredSource.safeParse({ ...(overridden as object), repoURL, path, chart, targetRevision })
  if (read.success) return { source: read.data }
  const message = `.argocd-source.yaml: ${read.error.issues[0]?.path.join('.') ?? ''} ${read.error.issues[0]?.message ?? ''}`
  return { problem: { reason: 'InvalidSource', file: '.argocd-source.yaml', message } }
}

function noMap(file: string): Problem {
  const message = `${file}: it holds no map; write the fields of spec.source that are to be others`
  return { reason: 'InvalidSource', file, message }
}
