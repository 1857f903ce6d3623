import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, removeDir, tempDir } from '@k8or/rig'

/** What to run: a program of a checkout, as a person would in a shell. */
export interface ProgramOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** A program that runs in a folder for temporary files of its own, by which everything that it starts is known. */
export class RunningProgram {
  readonly temporary = tempDir('program')
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  #out = ''
  #errors = ''

  constructor({ command, args, cwd, env }: ProgramOptions) {
    const environment = { ...process.env, TMPDIR: this.temporary, ...env }
    this.#child = spawn(command, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#out += text))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors += text))
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null)
  }

  /** What it has printed so far. */
  get out(): string {
    return this.#out
  }

  /** What it has complained of so far. */
  get errors(): string {
    return this.#errors
  }

  /** Waits until it has printed a text. */
  async untilPrinted(text: string, timeoutMs = 60_000): Promise<void> {
    await eventually(() => this.#out.includes(text), { timeoutMs, what: `"${text}" in what was printed` }).catch(
      (cause: unknown) => {
        throw new Error(`"${text}" was not printed:\n${this.#out}\n${this.#errors}`, { cause })
      },
    )
  }

  /** Sends a signal to it alone, not to what it has started. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Closes its output, as `head` does when it has seen enough. */
  stopReading(): void {
    this.#child.stdout?.destroy()
  }

  /** Waits for its end and answers its exit code. */
  ended(): Promise<number | null> {
    return this.#ended
  }

  /** Its processes and those that it has started, as far as they live: id and command line. */
  processes(): { readonly pid: number; readonly command: string }[] {
    return processesOf(`TMPDIR=${this.temporary}`)
  }

  /** What lies in its folder for temporary files. */
  files(): string[] {
    return readdirSync(this.temporary)
  }

  /** Ends what still lives and removes the folder. */
  remove(): void {
    for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL')
    removeDir(this.temporary)
  }
}

function processesOf(setting: string): { pid: number; command: string }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => read(pid, 'environ').split('\0').includes(setting)).map(describe)
}

function describe(pid: string): { pid: number; command: string } {
  return { pid: Number(pid), command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }
}

// A process may end while it is looked at, and one that has ended but was not waited for has no environment.
function read(pid: string, file: string): string {
  try {
    return readFileSync(join('/proc', pid, file), 'utf8')
  } catch {
    return ''
  }
}
