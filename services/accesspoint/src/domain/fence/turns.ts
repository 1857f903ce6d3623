/** Lets one mutation of an object pass at a time: an older one can not arrive at the cluster behind a newer one. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>()

  /** Resolves when it is this caller's turn, with the function that ends it. */
  async take(key: string): Promise<() => void> {
    const before = this.last.get(key)
    let resolve = (): void => undefined
    const promise = new Promise<void>((done) => (resolve = done))
    this.last.set(key, promise)
    if (before) await before
    return () => {
      if (this.last.get(key) === promise) this.last.delete(key)
      resolve()
    }
  }
}
