import pc from 'picocolors'
import { InterruptedError, unlessInterrupted } from './interruption'

/** A step of the story did not happen. */
class NotAsToldError extends Error {
  constructor(text: string, cause: unknown) {
    super(`expected that ${text}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** Tells the story of the demo on a terminal: an act, its steps, and how long each took. */
export class Narrator {
  readonly #begin = performance.now()

  constructor(
    private readonly write: (text: string) => void,
    private readonly interrupted: AbortSignal,
  ) {}

  /** A heading. */
  act(title: string): void {
    this.write(`\n${pc.bold(title)}\n`)
  }

  /** One line of the story, with the time since it began. */
  say(text: string): void {
    const seconds = ((performance.now() - this.#begin) / 1000).toFixed(2).padStart(7)
    this.write(`${pc.dim(`${seconds} s`)}  ${text}\n`)
  }

  /** Waits for what is told to happen and says how long it took; throws when it does not happen. */
  async expect<T>(text: string, happening: Promise<T>): Promise<T> {
    const begin = performance.now()
    const result = await unlessInterrupted(happening, this.interrupted).catch((error: unknown) => {
      throw error instanceof InterruptedError ? error : new NotAsToldError(text, error)
    })
    this.say(`${pc.green('ok')} ${text} ${pc.dim(`(${(performance.now() - begin).toFixed(0)} ms)`)}`)
    return result
  }

  /** Text that stands for itself, indented. */
  show(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.write(`           ${line}`.trimEnd() + '\n')
  }
}
