import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Content, repositoryRoot } from '@k8or/rig'
import { z } from 'zod'

/** A run of `k8or` in a folder of its own. */
export const Invocation = z.strictObject({
  args: z.array(z.string()),
  files: z.record(z.string(), Content).default({}),
  /** Symbolic links, and where they lead. */
  links: z.record(z.string(), z.string()).default({}),
  stdin: Content.default(''),
  env: z.record(z.string(), z.string()).default({}),
})
export type Invocation = z.infer<typeof Invocation>

const command = join(repositoryRoot, 'bin/k8or')
const longestMs = 60_000

/** Runs the command as a script does. */
export function runCommand(
  cwd: string,
  { args, files, links, stdin, env }: Invocation,
): Promise<{ code: number; out: string; complaints: string }> {
  for (const [path, content] of Object.entries(files)) writeFileSync(placed(cwd, path), content)
  for (const [path, target] of Object.entries(links)) symlinkSync(target, placed(cwd, path))
  return new Promise((resolve, reject) => {
    const options = { env: { PATH: '/usr/bin:/bin', ...env }, cwd, timeout: longestMs }
    const child = execFile(command, args, options, (error, out, complaints) => {
      if (error && typeof error.code !== 'number') reject(new Error('k8or did not end', { cause: error }))
      else resolve({ code: error ? Number(error.code) : 0, out, complaints })
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(stdin)
  })
}

function placed(cwd: string, path: string): string {
  mkdirSync(dirname(join(cwd, path)), { recursive: true })
  return join(cwd, path)
}
