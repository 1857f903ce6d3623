import { accessSync, constants } from 'node:fs'
import { join, resolve } from 'node:path'

/** Root of the checkout that this rig belongs to. */
export const repositoryRoot = resolve(__dirname, '../../..')

/** Where the setup keeps what it has built: it outlives `make down`. */
export const cacheDir = join(repositoryRoot, '.cache')

/** Path of a program that the setup has built, or an error that says how to get it. */
export function builtServer(name: 'kube' | 'nats-server' | 'render-host'): string {
  const path = join(cacheDir, 'bin', name)
  try {
    accessSync(path, constants.X_OK)
  } catch (cause) {
    throw new Error(`${path} is not there: run \`make setup\``, { cause })
  }
  return path
}

/** Where the program that renders charts is, or will be: it is built behind everything else. */
export const renderHostPath = join(cacheDir, 'bin/render-host')
