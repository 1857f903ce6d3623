/** Those who wait for something to change. */
export class Pending {
  private readonly waiting = new Set<() => void>()

  /** Resolves when it is told, or after so many milliseconds. */
  wait(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, withinMs)
      this.waiting.add(done)
    })
  }

  tell(): void {
    for (const done of [...this.waiting]) done()
  }
}
