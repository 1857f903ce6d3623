import { isSafeRef } from '../../../domain/revision/target'
import type { ObjectReader } from '../object-reader'
import { NotUnderstoodError, type GitHttp } from './git-http'
import { changeRefs, moveRef, readRefs } from './local-refs'
import { Unpacking } from './unpacking'

const mostHaves = 200

/** A mirror, as a quick fetch needs it. */
export interface QuickMirror {
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
  readonly maxBytes: number
  readonly objects: Pick<ObjectReader, 'describe'>
  /** The refs as they are on disk, once they were read. */
  refs: Map<string, string> | undefined
  head: string | undefined
}

/**
 * Does what `git fetch --prune` of branches and tags does, over a connection that is open already: one question when
 * nothing changed, two when something did. Whatever is unusual is left to git.
 * @throws anything, when git is to do it
 */
export async function quickFetch(
  http: GitHttp,
  mirror: QuickMirror,
  further: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const [remote, local] = await Promise.all([
    http.listRefs(['HEAD', 'refs/heads/', 'refs/tags/', ...further], signal),
    mirror.refs ?? readRefs(mirror.env, signal),
  ])
  const theirs = new Map([...remote.refs].filter(([ref]) => isSafeRef(ref)))
  const changed = [...theirs].filter(([ref, id]) => local.get(ref) !== id)
  const known = new Set(local.values())
  const wants = [...new Set(changed.map(([, id]) => id))].filter((id) => !known.has(id))
  if (wants.length > 0) await fetchObjects(http, mirror, wants, havesOf(local, changed), signal)
  await settleRefs(mirror, local, theirs, new Map(changed))
  mirror.head = remote.head
}

async function fetchObjects(
  http: GitHttp,
  { env, maxBytes, objects }: QuickMirror,
  wants: readonly string[],
  haves: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const unpacking = new Unpacking(env, maxBytes)
  const cancel = () => unpacking.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    await http.fetchPack(wants, haves, (chunk) => unpacking.take(chunk), signal)
    await unpacking.finish()
    // A branch that led to nothing would look like one that is gone.
    const found = await objects.describe(wants)
    if (found.some(({ kind }) => kind !== 'found')) throw new NotUnderstoodError('the pack lacks what was asked for')
  } catch (error) {
    cancel()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** What is here already: first where the changed refs were, then the others. */
function havesOf(local: ReadonlyMap<string, string>, changed: readonly (readonly [string, string])[]): string[] {
  const before = changed.flatMap(([ref]) => local.get(ref) ?? [])
  return [...new Set([...before, ...local.values()])].slice(0, mostHaves)
}

async function settleRefs(
  mirror: QuickMirror,
  local: Map<string, string>,
  theirs: ReadonlyMap<string, string>,
  changed: ReadonlyMap<string, string>,
): Promise<void> {
  // Until all is written, nobody knows what is on disk.
  mirror.refs = undefined
  const deleted = [...local.keys()].filter((ref) => /^refs\/(heads|tags)\//.test(ref) && !theirs.has(ref))
  const made = new Map([...changed].filter(([ref]) => !local.has(ref)))
  await changeRefs(mirror.env, made, deleted)
  for (const [ref, id] of changed) if (local.has(ref)) await moveRef(mirror.dir, ref, id)
  for (const ref of deleted) local.delete(ref)
  for (const [ref, id] of changed) local.set(ref, id)
  mirror.refs = local
}
