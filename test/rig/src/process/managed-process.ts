import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { failuresAfter, restartDelay } from './back-off'
import { spawnChild, type Command, type Exit } from './child'
import { logTail } from './log-tail'

/** Whom to tell what becomes of a process. */
export interface ProcessNews {
  /** It runs, for the first time or again. */
  readonly onPid?: (pid: number) => void
  /** It has ended without having been stopped, and is about to come back. */
  readonly onEnd?: (exit: Exit) => void
}

/** A program with what tells that it is ready, how it is stopped, and whether it comes back. */
export interface ProcessSpec extends Command, ProcessNews {
  readonly name: string
  readonly ready?: () => Promise<boolean>
  readonly readyTimeoutMs?: number
  /** Starts again, with back-off, when the process ends without having been stopped. */
  readonly restart?: boolean
  readonly stopSignal?: NodeJS.Signals
  /** How long it may take to stop before it is killed. */
  readonly stopTimeoutMs?: number
}

/** A process under supervision: it is stopped for good, or restarted, by its owner alone. */
export class ManagedProcess {
  readonly name: string
  #child: ChildProcess | undefined
  #exit: Promise<Exit> = Promise.resolve({ code: 0, signal: null })
  #stopping = false
  #restarts = 0
  readonly #abort = new AbortController()

  constructor(private readonly spec: ProcessSpec) {
    this.name = spec.name
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Where its output goes. */
  get logFile(): string {
    return this.spec.logFile
  }

  get isRunning(): boolean {
    return this.#child?.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** How often it has come back by itself. */
  get restarts(): number {
    return this.#restarts
  }

  /** Starts the process and returns once it is ready. */
  async start(): Promise<this> {
    this.#stopping = false
    this.#spawn()
    await this.#untilReady()
    if (this.spec.restart) void this.#keepAlive()
    return this
  }

  /** Sends a signal, as a tester who kills a process would. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child?.kill(signal)
  }

  /** Stops the process, by force when it does not end in time. */
  async stop(signal: NodeJS.Signals = this.spec.stopSignal ?? 'SIGTERM'): Promise<void> {
    this.#stopping = true
    this.#abort.abort()
    if (!this.isRunning) return
    this.kill(signal)
    const timer = setTimeout(() => this.kill('SIGKILL'), this.spec.stopTimeoutMs ?? 5_000)
    await this.#exit
    clearTimeout(timer)
  }

  /** Ends the process and starts it again at once. */
  async restart(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#stopping = true
    this.kill(signal)
    await this.#exit
    this.#stopping = false
    this.#spawn()
    await this.#untilReady()
    if (this.spec.restart) void this.#keepAlive()
  }

  /** The last lines that the process has written. */
  logTail(lines?: number): string {
    return logTail(this.spec.logFile, lines)
  }

  #spawn(): void {
    const child = spawnChild(this.spec)
    this.#child = child
    this.#exit = exitOf(child)
    if (child.pid !== undefined) this.spec.onPid?.(child.pid)
  }

  async #keepAlive(): Promise<void> {
    const mayRestart = (): boolean => !this.#stopping && !this.isRunning
    for (let failures = 0; ;) {
      const started = Date.now()
      const exit = await this.#exit
      if (!mayRestart()) return
      this.spec.onEnd?.(exit)
      failures = failuresAfter(failures, Date.now() - started)
      await delay(restartDelay(failures), undefined, { signal: this.#abort.signal }).catch(() => undefined)
      if (!mayRestart()) return
      this.#restarts++
      this.#spawn()
    }
  }

  async #untilReady(): Promise<void> {
    const { ready, readyTimeoutMs = 60_000 } = this.spec
    if (!ready) return
    const deadline = Date.now() + readyTimeoutMs
    while (!(await ready().catch(() => false))) {
      if (!this.isRunning) throw this.#failure('ended before it was ready')
      if (Date.now() > deadline) throw await this.#tooSlow(readyTimeoutMs)
      await delay(25)
    }
  }

  async #tooSlow(readyTimeoutMs: number): Promise<Error> {
    const failure = this.#failure(`was not ready within ${readyTimeoutMs} ms`)
    await this.stop('SIGKILL')
    return failure
  }

  #failure(what: string): Error {
    return new Error(`${this.name} ${what}; the end of ${this.spec.logFile}:\n${this.logTail()}`)
  }
}

/** Starts a process under supervision and returns once it is ready. */
export async function startProcess(spec: ProcessSpec): Promise<ManagedProcess> {
  return new ManagedProcess(spec).start()
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return { code, signal }
  } catch {
    return { code: 127, signal: null }
  }
}
