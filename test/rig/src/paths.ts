import { accessSync, constants, existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Root of the checkout that this rig belongs to. */
export const repositoryRoot = resolve(__dirname, '../../..')

/** Where the setup keeps what it has built: it outlives `make down`. */
export const cacheDir = join(repositoryRoot, '.cache')

/** A program that the setup builds or fetches. */
export type ProgramName = 'kube' | 'nats-server' | 'registry' | 'render-host' | 'helm' | 'kubectl'

/** Whether the setup has built a program. */
export function isBuilt(name: ProgramName): boolean {
  return existsSync(join(cacheDir, 'bin', name))
}

/** Path of a program that the setup has built, or an error that says how to get it. */
export function builtServer(name: ProgramName): string {
  const path = join(cacheDir, 'bin', name)
  try {
    accessSync(path, constants.X_OK)
  } catch (cause) {
    throw new Error(`${path} is not there: run \`make all\``, { cause })
  }
  return path
}

/** Where the program that renders charts is, or will be: it is built behind everything else. */
export const renderHostPath = join(cacheDir, 'bin/render-host')
