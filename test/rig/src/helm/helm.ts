import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { builtServer, repositoryRoot } from '../paths'
import { removeDir, tempDir } from '../temp-dir'

/** The chart of the mesh. */
export const meshChart = join(repositoryRoot, 'deploy/helm/mesh')

/** How a run of helm ended. */
export interface HelmEnd {
  readonly code: number
  readonly out: string
  readonly complaint: string
}

const timeoutMs = 120_000

/** Runs the real helm, on the cluster of a kubeconfig or on none; it finds no settings of the user and leaves no files. */
export async function helm(args: readonly string[], kubeconfigPath = '/dev/null'): Promise<HelmEnd> {
  const home = tempDir('helm')
  try {
    return await run(args, { PATH: '/usr/bin:/bin', HOME: home, KUBECONFIG: kubeconfigPath })
  } finally {
    removeDir(home)
  }
}

/** Runs helm and answers what it prints; fails with its complaint. */
export async function helmOutput(args: readonly string[], kubeconfigPath?: string): Promise<string> {
  const { code, out, complaint } = await helm(args, kubeconfigPath)
  if (code !== 0) throw new Error(`helm ${args.join(' ')} ended with ${code}: ${complaint}`)
  return out
}

function run(args: readonly string[], env: Record<string, string>): Promise<HelmEnd> {
  const options = { env, timeout: timeoutMs, maxBuffer: 16 << 20 }
  return new Promise((resolve, reject) => {
    execFile(builtServer('helm'), args, options, (error, out, complaint) => {
      if (error && typeof error.code !== 'number') reject(new Error(`helm ${args[0]} did not end`, { cause: error }))
      else resolve({ code: error ? Number(error.code) : 0, out, complaint })
    })
  })
}
