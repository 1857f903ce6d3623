import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { programFolders } from '../config'

const found = new Map<string, string | undefined>()

/** Absolute path of a program, or undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  if (!found.has(name))
    found.set(
      name,
      programFolders()
        .map((folder) => join(folder, name))
        .find(isExecutable),
    )
  return found.get(name)
}

/** Absolute path of a program that must be there. */
export function requireProgram(name: string): string {
  const path = findProgram(name)
  if (!path) throw new Error(`${name} is not installed: run \`make setup\``)
  return path
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
