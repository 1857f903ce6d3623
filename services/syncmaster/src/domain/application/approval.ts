import type { Application } from './application'
import { annotations } from './policy'

/** Whether somebody approved deletions since a moment; an approval from before it was of something else. */
export function isApprovedSince({ annotations: marks }: Application, since: string): boolean {
  const at = Date.parse(marks[annotations.deletionApproved] ?? '')
  return at >= Date.parse(since)
}

/** What is said while an approval is waited for. */
export function describeApproval(what: 'pruning' | 'deletion'): string {
  return `${what} waits for approval: annotate the Application with ${annotations.deletionApproved}=<the time now, RFC 3339>`
}
