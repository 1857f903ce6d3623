/** Somebody who waits for an answer. */
export interface Waiting<Wish, Answer> {
  readonly wish: Wish
  readonly answer: (answer: Answer) => void
  readonly fail: (error: unknown) => void
}

/** Hands over everybody who waits by now. */
export type Take<Wish, Answer> = () => readonly Waiting<Wish, Answer>[]

/** Wishes about one thing that are carried out together: who comes while a round runs waits for the next one. */
export class Lane<Wish, Answer> {
  private waiting: Waiting<Wish, Answer>[] = []
  private isRunning = false

  constructor(private readonly round: (take: Take<Wish, Answer>) => Promise<void>) {}

  /** Resolves with the answer; whoever gives up before its round has begun is not carried out. */
  ask(wish: Wish, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const leave = () => {
        this.waiting = this.waiting.filter((one) => one !== own)
        reject(signal.reason as Error)
      }
      const own = { wish, answer: resolve, fail: reject }
      signal.addEventListener('abort', leave, { once: true })
      this.waiting.push(own)
      void this.run()
    })
  }

  private async run(): Promise<void> {
    if (this.isRunning) return
    this.isRunning = true
    while (this.waiting.length > 0) await this.runRound()
    this.isRunning = false
  }

  private async runRound(): Promise<void> {
    const taken: Waiting<Wish, Answer>[] = []
    const take = () => {
      const now = this.waiting
      this.waiting = []
      taken.push(...now)
      return now
    }
    try {
      await this.round(take)
    } catch (error) {
      // What fails before anybody was taken fails for all.
      if (taken.length === 0) take()
      for (const { fail } of taken) fail(error)
    }
  }
}
