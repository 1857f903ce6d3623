import type { Colors } from '../terminal'

const good = new Set(['Healthy', 'Synced', 'Succeeded', 'created', 'configured', 'Pruned', 'true'])
const bad = new Set(['Degraded', 'Missing', 'Failed', 'Error', 'OutOfSync', 'failed', 'SyncFailed', 'false'])

/** A status word in its colour. */
export function colored(word: string, colors: Colors): string {
  if (good.has(word)) return colors.green(word)
  if (bad.has(word)) return colors.red(word)
  return word === '' ? '' : colors.yellow(word)
}

/** The beginning of a commit; other revisions whole. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 10) : revision
}

/** `1.2 s`, `340 ms`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** `2026-11-21 09:40:01` of an RFC 3339 time; empty stays empty. */
export function formatTime(time: string): string {
  return time === '' ? '' : time.slice(0, 19).replace('T', ' ')
}

/** `apps/Deployment` and `shop/web`: an object in two words. */
export function kindOf({ group, kind }: { group: string; kind: string }): string {
  return group === '' ? kind : `${group}/${kind}`
}

export function nameOf({ namespace, name }: { namespace: string; name: string }): string {
  return namespace === '' ? name : `${namespace}/${name}`
}
