/** Those who wait for something to happen. */
export class Pending {
  private readonly waiting = new Set<() => void>()

  /** Resolves when it is told, after so many milliseconds, or when the signal aborts. */
  wait(withinMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        this.waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, withinMs)
      signal?.addEventListener('abort', done)
      this.waiting.add(done)
      if (signal?.aborted) done()
    })
  }

  tell(): void {
    for (const done of [...this.waiting]) done()
  }
}
