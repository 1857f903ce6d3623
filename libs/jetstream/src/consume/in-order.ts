/** Runs tasks of one key one after another, tasks of different keys at once. */
export class InOrder {
  private readonly tails = new Map<string, Promise<void>>()

  /** Runs the task behind those of the same key; a task settles its own failures. */
  run(key: string, task: () => Promise<void>): Promise<void> {
    const before = this.tails.get(key)
    const tail = (before ? before.then(task) : task()).finally(() => {
      if (this.tails.get(key) === tail) this.tails.delete(key)
    })
    this.tails.set(key, tail)
    return tail
  }

  /** Resolves when nothing runs and nothing waits. */
  async settle(): Promise<void> {
    while (this.tails.size > 0) await Promise.allSettled(this.tails.values())
  }
}
