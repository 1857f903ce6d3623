import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Incarnation, reincarnate } from '../../domain/replica/incarnation'

/** Who this replica is, by the file in which it keeps that over restarts. */
export async function ownIncarnation(file: string, fresh: Incarnation): Promise<Incarnation> {
  const own = reincarnate(await readFormer(file), fresh, isRunning)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify(own))
  await rename(`${file}.new`, file)
  return own
}

/** What is not there, or was written by another version, says nothing. */
async function readFormer(file: string): Promise<Incarnation | undefined> {
  try {
    return Incarnation.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
