import { nameOf } from '@k8or/kube-objects'
import { countChanges } from './change-set'
import type { Change } from './change'

const signs: Record<Change['action'], string> = { create: '+', configure: '~', delete: '-', skip: '!', unchanged: ' ' }

/** A plan as a text: a line per object that is not unchanged, and the counts. */
export function formatPlan(changes: readonly Change[]): string {
  const lines = changes
    .filter((change) => change.action !== 'unchanged')
    .map((change) => `${signs[change.action]} ${nameOf(change.ref)}${change.reason ? ` (${change.reason})` : ''}`)
  const { create, configure, delete: deleted, unchanged } = countChanges(changes)
  const counts = `${create} to create, ${configure} to configure, ${deleted} to delete, ${unchanged} unchanged`
  return [...lines, counts].join('\n')
}
