import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { baseEnvironment } from '../config'
import { findProgram } from './program'

/** What to run, and where its output goes. */
export interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly logFile: string
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Starts a program that the kernel kills when its parent dies, so that a killed supervisor leaves no orphans. */
export function spawnChild(what: Command): ChildProcess {
  mkdirSync(dirname(what.logFile), { recursive: true })
  const log = openSync(what.logFile, 'a')
  try {
    return spawnWith(what, log)
  } finally {
    closeSync(log)
  }
}

// In a group of its own a program is not reached by Ctrl-C: its parent stops it in order.
function spawnWith({ command, args, env, cwd }: Command, log: number): ChildProcess {
  const options = { env: { ...baseEnvironment(), ...env }, ...(cwd ? { cwd } : {}) }
  const stdio: ['ignore', number, number] = ['ignore', log, log]
  const setpriv = findProgram('setpriv')
  if (!setpriv) return spawn(command, args, { ...options, stdio })
  return spawn(setpriv, ['--pdeathsig', 'KILL', command, ...args], { ...options, stdio, detached: true })
}
