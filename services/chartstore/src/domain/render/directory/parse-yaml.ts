import yaml from 'js-yaml'
import type { Problem } from '@k8or/contracts'
import { describeJsonError } from '@k8or/outcome'
import { kubernetesSchema } from './kubernetes-schema'

/** What one file holds: documents, or why it can not be read. */
export type ParsedFile = { readonly documents: readonly unknown[] } | { readonly problem: Problem }

const maxNodes = 1_000_000
/** Merges times lines: each merge may copy as many keys as the file has lines. */
const maxMergeWork = 50_000_000

/** Reads every document of a YAML file as kubectl would. */
export function parseYaml(file: string, text: string): ParsedFile {
  if (text.includes('\0')) return broken(file, 'the file is not text: it holds a NUL byte; save it as UTF-8')
  if (mergeWork(text) > maxMergeWork) return broken(file, 'the file merges too many YAML maps (<<); write them out')
  try {
    const documents: unknown[] = []
    // As kubectl has it, the last of equal keys counts.
    yaml.loadAll(text, (document) => documents.push(document), { schema: kubernetesSchema, json: true })
    const present = documents.filter((document) => document !== null && document !== undefined)
    if (exceedsNodes(present))
      return broken(file, `the file expands to more than ${String(maxNodes)} values; do not nest YAML aliases`)
    return { documents: present }
  } catch (error) {
    return yamlProblem(file, error)
  }
}

/** Reads a JSON file, which holds one value. */
export function parseJson(file: string, text: string): ParsedFile {
  try {
    return { documents: [JSON.parse(text) as unknown] }
  } catch (error) {
    return broken(file, `the file is not JSON: ${describeJsonError(error)}`, 'InvalidJson')
  }
}

/** Whether a file that can not be read is meant for Kubernetes at all; others are passed over, as Argo CD does. */
export function looksLikeManifest(text: string): boolean {
  return text.includes('apiVersion:') && text.includes('kind:') && text.includes('metadata:')
}

const nextStep = 'correct the file and push'

function yamlProblem(file: string, error: unknown): ParsedFile {
  if (!(error instanceof yaml.YAMLException))
    return broken(file, error instanceof Error ? error.message : String(error))
  // The mark is absent when the error has no place, whatever the types say.
  const mark = error.mark as { line: number; column: number } | undefined
  const place = mark ? ` (line ${String(mark.line + 1)}, column ${String(mark.column + 1)})` : ''
  const problem = { reason: 'InvalidYaml', file, message: `${file}${place}: ${error.reason}; ${nextStep}` }
  return { problem: mark ? { ...problem, line: mark.line + 1 } : problem }
}

function broken(file: string, message: string, reason = 'InvalidYaml'): ParsedFile {
  return { problem: { reason, file, message: `${file}: ${message}; ${nextStep}` } }
}

function mergeWork(text: string): number {
  const merges = text.match(/<<["']?\s*:/g)?.length ?? 0
  return merges === 0 ? 0 : merges * text.split('\n').length
}

/** Aliases share what they name, so a small file can expand beyond all memory: count as if written out, up to a limit. */
function exceedsNodes(documents: readonly unknown[]): boolean {
  const waiting: unknown[] = [...documents]
  let count = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (++count > maxNodes) return true
    if (typeof next === 'object' && next !== null) for (const inner of Object.values(next)) waiting.push(inner ?? 0)
  }
  return false
}
