import { spawn } from 'node:child_process'
import type { GitFailure } from '../../domain/repository/git-failure'

/** One git command. */
export interface GitRun {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly deadlineMs: number
  readonly signal: AbortSignal
  /** Keep all that it prints, not just the first megabyte. */
  readonly keepAll?: boolean
  /** Asked now and then while a long command runs: true ends it. */
  readonly isTooLarge?: () => Promise<boolean>
}

/** A git command that did not succeed. */
export class GitCommandError extends Error {
  constructor(
    readonly failure: GitFailure,
    command: string,
  ) {
    super(`git ${command}: ${failure.ended ?? failure.stderr.trim()}`)
    this.name = 'GitCommandError'
  }
}

const keptBytes = 1 << 20
const sizeCheckMs = 1_000

/**
 * Runs git and answers what it prints. Its helpers (git-remote-https, ssh) are in its process group and end with it.
 * @throws GitCommandError, or the signal's reason
 */
export async function runGit(run: GitRun): Promise<string> {
  run.signal.throwIfAborted()
  const child = spawn('git', run.args, { env: run.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const [out, err] = [new Tail(child.stdout, run.keepAll ? Infinity : keptBytes), new Tail(child.stderr, keptBytes)]
  let ended: GitFailure['ended']
  const end = (why?: GitFailure['ended']) => {
    ended ??= why
    killGroup(child.pid)
  }
  const onAbort = () => end()
  run.signal.addEventListener('abort', onAbort, { once: true })
  const deadline = setTimeout(() => end('deadline'), run.deadlineMs)
  const guard = watchSize(run, () => end('size'))
  try {
    const code = await exitOf(child)
    run.signal.throwIfAborted()
    if (code !== 0 || ended) throw failed(run, { stderr: err.text(), stdout: out.text() }, ended)
    return out.text()
  } finally {
    clearTimeout(deadline)
    clearInterval(guard)
    run.signal.removeEventListener('abort', onAbort)
  }
}

function failed(run: GitRun, said: GitFailure, ended: GitFailure['ended']): GitCommandError {
  const command = run.args.find((arg) => /^[a-z]/.test(arg) && !arg.includes('=')) ?? ''
  return new GitCommandError(ended ? { ...said, ended } : said, command)
}

function watchSize({ isTooLarge }: GitRun, end: () => void): NodeJS.Timeout | undefined {
  if (!isTooLarge) return undefined
  return setInterval(() => void isTooLarge().then((tooLarge) => tooLarge && end()), sizeCheckMs)
}

function exitOf(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/** The first part of a stream; the rest is read and dropped, so that nobody waits for us. */
class Tail {
  private readonly chunks: Buffer[] = []
  private length = 0

  constructor(stream: NodeJS.ReadableStream, most: number) {
    stream.on('data', (chunk: Buffer) => {
      if (this.length > most) return
      this.chunks.push(chunk)
      this.length += chunk.length
    })
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8')
  }
}
