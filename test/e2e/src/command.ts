import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot, type MeshDriver } from '@k8or/rig'

/** How a run of the `k8or` command ended. */
export interface CommandEnd {
  readonly code: number
  readonly out: string
  /** The lines of the standard error. */
  readonly complaints: readonly string[]
}

const command = join(repositoryRoot, 'bin/k8or')

/** Runs `k8or` as a script does: settings from the environment, no terminal, no checkout. */
export function k8or(
  driver: MeshDriver,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandEnd> {
  const [K8OR_URL, K8OR_CA, K8OR_TOKEN] = ['K8OR_URL', 'K8OR_CA', 'K8OR_TOKEN'].map((name) => driver.value(name))
  const env = { PATH: '/usr/bin:/bin', K8OR_URL, K8OR_CA, K8OR_TOKEN, ...environment }
  return new Promise((resolve, reject) => {
    execFile(command, args, { env, cwd: tmpdir(), timeout: 60_000 }, (error, out, complaint) => {
      if (error && typeof error.code !== 'number') reject(new Error('k8or did not end', { cause: error }))
      else resolve({ code: error ? Number(error.code) : 0, out, complaints: complaint.split('\n').filter(Boolean) })
    })
  })
}

/** Runs `k8or` with `-o json` and reads what it answers. */
export async function k8orJson<Answer>(driver: MeshDriver, args: readonly string[]): Promise<Answer> {
  const { code, out, complaints } = await k8or(driver, [...args, '-o', 'json'])
  if (code === 2) throw new Error(`k8or ${args.join(' ')}: ${complaints.join('\n')}`)
  return JSON.parse(out) as Answer
}
