import { execFile, type ExecFileException } from 'node:child_process'
import { baseEnvironment } from '../config'

/** Environment of git that no user's or machine's configuration reaches. */
export function gitEnvironment(): Record<string, string> {
  return {
    ...baseEnvironment(),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Rig',
    GIT_AUTHOR_EMAIL: 'rig@k8or.dev',
    GIT_COMMITTER_NAME: 'Rig',
    GIT_COMMITTER_EMAIL: 'rig@k8or.dev',
  }
}

/** Runs git and returns what it prints, without the last newline. */
export function git(args: readonly string[], options: GitRun = {}): Promise<string> {
  const env = { ...gitEnvironment(), ...options.env }
  return new Promise((resolve, reject) => {
    const done = (error: ExecFileException | null, stdout: string, stderr: string): void =>
      error ? reject(new Error(`git ${args.join(' ')}: ${stderr || error.message}`)) : resolve(stdout.trimEnd())
    const child = execFile('git', args, { env, cwd: options.cwd, maxBuffer: 64 << 20 }, done)
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input ?? '')
  })
}

/** Where git runs and what it reads. */
export interface GitRun {
  readonly cwd?: string
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
}
