import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import type { RenderAnswer, RenderRequest } from '../../domain/render/render-host'
import { frameOf, FrameReader } from './frames'

const keptErrors = 4_000
/** What an answer has besides its objects. */
const answerMargin = 1 << 20

/** Why a host gave no answer. */
export class RenderStoppedError extends Error {
  override name = 'RenderStoppedError'

  constructor(
    readonly why: 'timeout' | 'memory' | 'recursion' | 'output' | 'missing' | 'ended',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

interface Limits {
  readonly timeoutMs: number
  readonly maxBytes: number
}

interface Waiting {
  readonly resolve: (answer: RenderAnswer) => void
  readonly reject: (error: Error) => void
}

/** One process that renders one request at a time; it gets nothing of this process but its pipes. */
export class RenderProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #limits: Limits
  readonly #frames: FrameReader
  #errors = ''
  #waiting: Waiting | undefined
  #stopped: RenderStoppedError | undefined

  constructor(program: string, limits: Limits) {
    this.#limits = limits
    this.#frames = new FrameReader(limits.maxBytes + answerMargin)
    this.#child = spawn(program, [], { env: {}, cwd: '/', stdio: 'pipe' })
    this.#child.stdout.on('data', (piece: Buffer) => this.#take(piece))
    this.#child.stderr.on(
      'data',
      (piece: Buffer) => (this.#errors = (this.#errors + piece.toString()).slice(0, keptErrors)),
    )
    this.#child.stdin.on('error', () => undefined)
    this.#child.on('error', (cause: NodeJS.ErrnoException) => this.#end(startProblem(program, cause)))
    this.#child.on('close', (code, signal) => this.#end(deathOf(this.#errors, String(signal ?? code))))
  }

  /** Whether it can be asked no more. */
  get isDead(): boolean {
    return this.#stopped !== undefined
  }

  /** @throws RenderStoppedError */
  render(request: RenderRequest): Promise<RenderAnswer> {
    if (this.#stopped) return Promise.reject(this.#stopped)
    const { timeoutMs, maxBytes } = this.#limits
    const message = `it took longer than ${String(timeoutMs)} ms and was stopped`
    const timer = setTimeout(() => this.#end(new RenderStoppedError('timeout', message)), timeoutMs)
    const answered = new Promise<RenderAnswer>((resolve, reject) => (this.#waiting = { resolve, reject }))
    this.#child.stdin.write(frameOf({ ...request, id: 1, maxOut: maxBytes, deadlineMs: timeoutMs }))
    return answered.finally(() => clearTimeout(timer))
  }

  /** Ends the process at once. */
  stop(): void {
    this.#end(new RenderStoppedError('ended', 'it was stopped'))
  }

  #take(piece: Buffer): void {
    try {
      const message = this.#frames.take(piece)
      if (message !== undefined) this.#answer(message as Partial<RenderAnswer>)
    } catch (cause) {
      this.#end(new RenderStoppedError('output', 'its answer is too large or unreadable', { cause }))
    }
  }

  #answer(answer: Partial<RenderAnswer>): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve({ objects: [], reads: [], misses: [], nonDet: [], consults: [], ...answer })
  }

  #end(why: RenderStoppedError): void {
    if (this.#stopped) return
    this.#stopped = why
    this.#child.kill('SIGKILL')
    this.#waiting?.reject(why)
    this.#waiting = undefined
  }
}

function startProblem(program: string, cause: NodeJS.ErrnoException): RenderStoppedError {
  const why = cause.code === 'ENOENT' ? 'missing' : 'ended'
  return new RenderStoppedError(why, `${program} can not be started`, { cause })
}

/** What Go says last tells what a host died of. */
function deathOf(errors: string, end: string): RenderStoppedError {
  if (/stack (overflow|exceeds)/.test(errors))
    return new RenderStoppedError('recursion', 'a template calls itself without end')
  if (/out of memory|cannot allocate memory/.test(errors))
    return new RenderStoppedError('memory', 'it needs more than the 512 MB of memory that a render may use')
  const [first = ''] = errors.trim().split('\n')
  return new RenderStoppedError('ended', `the render host ended with ${end}${first === '' ? '' : `: ${first}`}`)
}
