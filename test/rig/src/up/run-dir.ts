import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { repositoryRoot } from '../paths'

/** Folder of everything that `make up` runs. */
export const runDir = join(repositoryRoot, '.run')

/** The supervisor's program; its path tells its process from others. */
export const supervisorProgram = join(repositoryRoot, 'test/rig/src/up/supervisor.ts')

/** File that appears when the mesh is ready. */
export const environmentFile = join(runDir, 'mesh.env')

/** What the supervisor prints. */
export const supervisorLog = join(runDir, 'log/supervisor.log')

const stateFile = join(runDir, 'supervisor.json')

const UpState = z.object({ pid: z.number(), clusters: z.number(), mode: z.enum(['standalone', 'processes']) })

/** Which supervisor runs, and what it was asked for. */
export type UpState = z.infer<typeof UpState>

/** The supervisor that runs, or undefined; what a dead one left is not taken for one. */
export function runningState(): UpState | undefined {
  try {
    const state = UpState.parse(JSON.parse(readFileSync(stateFile, 'utf8')))
    return isSupervisor(state.pid) ? state : undefined
  } catch {
    return undefined
  }
}

/** Notes the supervisor that was started; fails when another has been noted meanwhile. */
export function noteState(state: UpState): void {
  writeFileSync(stateFile, JSON.stringify(state), { flag: 'wx' })
}

/** Removes all runtime state. */
export function removeRunDir(): void {
  rmSync(runDir, { recursive: true, force: true, maxRetries: 5 })
}

// Process ids are used again: the command line tells whether it is ours.
function isSupervisor(pid: number): boolean {
  try {
    return commandLine(pid).includes(supervisorProgram)
  } catch {
    return false
  }
}

// Linux tells by a file, also where `ps` is not installed.
function commandLine(pid: number): string {
  if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
  return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
}
