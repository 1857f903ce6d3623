import type { CommitRequest } from './request'

/** The trailer that names an operation, for whoever asks git. */
export const operationTrailer = 'K8or-Operation'
const causeTrailer = 'K8or-Cause'
const longestSubject = 200

/** The message of the commit that carries out these requests, with what makes each recognisable. */
export function commitMessage(requests: readonly CommitRequest[]): string {
  const [first] = requests
  const text = requests.length === 1 ? (first?.message.trim() ?? '') : joined(requests)
  const operations = requests.map(({ operation }) => `${operationTrailer}: ${operation}`)
  const causes = [...new Set(requests.flatMap((request) => request.causes))].map((id) => `${causeTrailer}: ${id}`)
  return `${text}\n\n${[...new Set(operations), ...causes].join('\n')}\n`
}

function joined(requests: readonly CommitRequest[]): string {
  const subjects = requests.map(({ message }) => subjectOf(message))
  return `${subjects[0] ?? ''} and ${requests.length - 1} more\n\n${subjects.map((subject) => `- ${subject}`).join('\n')}`
}

/** The first line of a message. */
export function subjectOf(message: string): string {
  return (message.trim().split('\n')[0] ?? '').slice(0, longestSubject)
}

/** What the trailers of a commit of ours say. */
export function readTrailers(message: string): { readonly operations: string[]; readonly causes: string[] } {
  const last = message.trimEnd().split('\n\n').at(-1) ?? ''
  const values = (name: string) =>
    last.split('\n').flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2)] : []))
  return { operations: values(operationTrailer), causes: values(causeTrailer) }
}
