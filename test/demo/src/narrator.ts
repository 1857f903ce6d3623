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
  readonly #colors: ReturnType<typeof pc.createColors>

  constructor(
    private readonly out: { readonly isTTY?: boolean; write(text: string): unknown },
    private readonly interrupted: AbortSignal,
  ) {
    // The variables CI and FORCE_COLOR alone would colour a pipe too.
    this.#colors = pc.createColors(out.isTTY === true && pc.isColorSupported)
  }

  /** A heading. */
  act(title: string): void {
    this.out.write(`\n${this.#colors.bold(title)}\n`)
  }

  /** One line of the story, with the time since it began. */
  say(text: string): void {
    const seconds = ((performance.now() - this.#begin) / 1000).toFixed(2).padStart(7)
    this.out.write(`${this.#colors.dim(`${seconds} s`)}  ${text}\n`)
  }

  /** Waits for what is told to happen and says how long it took; throws when it does not happen. */
  async expect<T>(text: string, happening: Promise<T>): Promise<T> {
    const begin = performance.now()
    const result = await unlessInterrupted(happening, this.interrupted).catch((error: unknown) => {
      throw error instanceof InterruptedError ? error : new NotAsToldError(text, error)
    })
    this.say(
      `${this.#colors.green('ok')} ${text} ${this.#colors.dim(`(${(performance.now() - begin).toFixed(0)} ms)`)}`,
    )
    return result
  }

  /** Text that stands for itself, indented. */
  show(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.out.write(`           ${line}`.trimEnd() + '\n')
  }
}
