import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { Later } from '@k8or/outcome'
import { ObjectAnswers, type ObjectAnswer, type Verb } from './object-answers'

interface Question {
  readonly verb: Verb
  readonly answer: (answer: ObjectAnswer) => void
  readonly fail: (error: Error) => void
}

const idleMs = 60_000
const deadlineMs = 30_000

/** Keeps the number of running readers small: each is a process, and there may be hundreds of mirrors. */
export class RunningReaders {
  private readonly running = new Set<ObjectReader>()

  constructor(private readonly most: number) {}

  /** A reader is used: it is the newest; of too many, the oldest that nobody waits for ends. */
  used(reader: ObjectReader): void {
    this.running.delete(reader)
    this.running.add(reader)
    if (this.running.size <= this.most) return
    for (const other of this.running) if (other !== reader && other.isIdle) return other.close()
  }

  ended(reader: ObjectReader): void {
    this.running.delete(reader)
  }
}

/**
 * Reads objects of one mirror through one long-lived `git cat-file`: the first question starts it, a minute without any
 * ends it. It sees refs and objects as they are at each question.
 */
export class ObjectReader {
  private child: ChildProcessByStdio<Writable, Readable, null> | undefined
  private questions: Question[] = []
  /** Asked in this turn, and written in one piece: a line each would be a system call each. */
  private lines: string[] = []
  private idle: NodeJS.Timeout | undefined
  private deadline: NodeJS.Timeout | undefined

  constructor(
    private readonly env: Readonly<Record<string, string>>,
    private readonly others: RunningReaders,
  ) {}

  /** Whether nobody waits for an answer. */
  get isIdle(): boolean {
    return this.questions.length === 0
  }

  /** Describes objects by id or by an expression such as `<commit>:<path>`; links inside the commit are followed. */
  describe(expressions: readonly string[]): Promise<ObjectAnswer[]> {
    return Promise.all(expressions.map((expression) => this.ask('info', expression)))
  }

  /** Reads objects with their content. */
  read(expressions: readonly string[]): Promise<ObjectAnswer[]> {
    return Promise.all(expressions.map((expression) => this.ask('contents', expression)))
  }

  /** Ends the process; the next question starts another. */
  close(): void {
    this.end(new Later('the mirror was closed'))
  }

  private ask(verb: Verb, expression: string): Promise<ObjectAnswer> {
    // A line break would be the end of the question and the beginning of another.
    if (/[\n\0]/.test(expression)) return Promise.resolve({ kind: 'missing' })
    return new Promise((answer, fail) => {
      this.child ??= this.start()
      if (this.isIdle) this.others.used(this)
      this.questions.push({ verb, answer, fail })
      if (this.lines.push(`${verb} ${expression}\n`) === 1) this.writeSoon()
    })
  }

  private start(): ChildProcessByStdio<Writable, Readable, null> {
    const args = ['cat-file', '--batch-command', '--follow-symlinks', '--buffer']
    const child = spawn('git', args, { env: this.env, stdio: ['pipe', 'pipe', 'ignore'] })
    const answers = new ObjectAnswers()
    const verb = () => this.questions[0]?.verb ?? 'info'
    child.stdout.on('data', (chunk: Buffer) => answers.take(chunk, verb, (answer) => this.settle(child, answer)))
    child.stdin.on('error', () => undefined)
    const gone = () => this.child === child && this.end(new Later('git cat-file has ended'))
    child.once('error', gone)
    child.once('close', gone)
    return child
  }

  private writeSoon(): void {
    this.deadline ??= setTimeout(() => this.end(new Later('git cat-file did not answer in time')), deadlineMs)
    clearTimeout(this.idle)
    queueMicrotask(() => {
      const { lines } = this
      this.lines = []
      if (lines.length > 0) this.child?.stdin.write(`${lines.join('')}flush\n`)
    })
  }

  private settle(child: unknown, answer: ObjectAnswer): void {
    if (this.child !== child) return
    this.questions.shift()?.answer(answer)
    if (this.questions.length > 0) return
    clearTimeout(this.deadline)
    this.deadline = undefined
    clearTimeout(this.idle)
    this.idle = setTimeout(() => this.close(), idleMs)
    this.idle.unref()
  }

  private end(error: Error): void {
    const { child, questions } = this
    this.child = undefined
    this.questions = []
    this.lines = []
    this.others.ended(this)
    clearTimeout(this.idle)
    clearTimeout(this.deadline)
    this.deadline = undefined
    for (const { fail } of questions) fail(error)
    child?.stdin.destroy()
    child?.kill('SIGKILL')
  }
}
