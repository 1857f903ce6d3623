import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { runGit } from '../run-git'

const deadlineMs = 10_000

/** The refs of a mirror, with their objects. */
export async function readRefs(
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)']
  const printed = await runGit({ args, env, deadlineMs, signal, keepAll: true })
  const lines = printed.split('\n').filter((line) => line !== '')
  return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]))
}

/** Points a ref that is there to another object, as git would: a lock, then a rename. */
export async function moveRef(mirror: string, ref: string, id: string): Promise<void> {
  const path = join(mirror, ref)
  await mkdir(dirname(path), { recursive: true })
  const lock = await open(`${path}.lock`, 'wx')
  await lock.writeFile(`${id}\n`)
  await lock.close()
  await rename(`${path}.lock`, path)
}

/** Makes and deletes refs: names may become folders and the reverse, which git knows to sort out. */
export async function changeRefs(
  env: Readonly<Record<string, string>>,
  made: ReadonlyMap<string, string>,
  deleted: readonly string[],
): Promise<void> {
  await updateRefs(
    env,
    deleted.map((ref) => `delete ${ref}\n`),
  )
  await updateRefs(
    env,
    [...made].map(([ref, id]) => `update ${ref} ${id}\n`),
  )
}

async function updateRefs(env: Readonly<Record<string, string>>, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  const child = spawn('git', ['update-ref', '--stdin'], { env, stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.on('error', () => undefined)
  const closed = once(child, 'close')
  child.stdin.end(lines.join(''))
  const [code] = (await closed) as [number | null]
  if (code !== 0) throw new Error(`git update-ref ended with ${code ?? 'a signal'}`)
}
