import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { supervisorEnvironment } from '../config'
import { repositoryRoot } from '../paths'
import type { UpOptions } from './options'
import {
  environmentFile,
  noteState,
  removeRunDir,
  runDir,
  runningState,
  supervisorLog,
  supervisorProgram,
  type UpState,
} from './run-dir'

const patienceMs = 180_000

/** Brings the mesh up in the background, or waits for one that is coming up; returns when it is ready. */
export async function up(options: UpOptions, print: (line: string) => void): Promise<void> {
  const running = runningState()
  if (running) refuseOther(running, options)
  const isUp = running !== undefined && existsSync(environmentFile)
  if (!isUp) await untilReady(running ?? startSupervisor(options), print)
  print(`the mesh is up: . .run/mesh.env   (logs: .run/log, stop: make down)`)
}

/** Stops the mesh and removes its state. */
export async function down(): Promise<void> {
  const running = runningState()
  if (running) {
    process.kill(running.pid, 'SIGTERM')
    if (!(await isGone(20_000))) process.kill(running.pid, 'SIGKILL')
    await isGone(5_000)
  }
  removeRunDir()
}

function refuseOther(running: UpState, asked: UpOptions): void {
  if (running.clusters === asked.clusters && running.mode === asked.mode) return
  const shown = ({ clusters, mode }: UpOptions): string => `CLUSTERS=${clusters} MODE=${mode}`
  throw new Error(`the mesh is up with ${shown(running)}, not ${shown(asked)}: run \`make down\` first`)
}

function startSupervisor(options: UpOptions): UpState {
  removeRunDir()
  mkdirSync(dirname(supervisorLog), { recursive: true })
  const log = openSync(supervisorLog, 'a')
  const args = [
    '-r',
    './tools/swc-ext.cjs',
    supervisorProgram,
    `--clusters=${options.clusters}`,
    `--mode=${options.mode}`,
  ]
  const child = spawn(process.execPath, args, {
    cwd: repositoryRoot,
    env: supervisorEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  const state = { pid: child.pid ?? 0, ...options }
  noteState(state)
  return state
}

async function untilReady(state: UpState, print: (line: string) => void): Promise<void> {
  const deadline = Date.now() + patienceMs
  let shown = 0
  const isReady = (): boolean => existsSync(environmentFile)
  for (;;) {
    shown = printNewLines(shown, print)
    if (isReady()) return
    const isRunning = runningState()?.pid === state.pid
    if (!isRunning && !isReady()) throw new Error(`the mesh did not come up: look into ${runDir}/log`)
    if (Date.now() > deadline)
      throw new Error(`the mesh is not ready after ${patienceMs / 1000} s: look into ${runDir}/log`)
    await delay(100)
  }
}

function printNewLines(shown: number, print: (line: string) => void): number {
  const lines = readFileSync(supervisorLog, 'utf8').split('\n').slice(0, -1)
  for (const line of lines.slice(shown)) print(`  ${line}`)
  return lines.length
}

async function isGone(timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (runningState()) {
    if (Date.now() > deadline) return false
    await delay(50)
  }
  return true
}
