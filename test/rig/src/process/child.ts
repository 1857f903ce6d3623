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
  const [command, args] = withParentDeathSignal(what)
  const env = { ...baseEnvironment(), ...what.env }
  try {
    return spawn(command, args, { env, stdio: ['ignore', log, log], ...(what.cwd ? { cwd: what.cwd } : {}) })
  } finally {
    closeSync(log)
  }
}

function withParentDeathSignal({ command, args }: Command): [string, string[]] {
  const setpriv = findProgram('setpriv')
  return setpriv ? [setpriv, ['--pdeathsig', 'KILL', command, ...args]] : [command, [...args]]
}
