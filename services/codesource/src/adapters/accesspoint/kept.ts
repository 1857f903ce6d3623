/** How long an answer counts. */
const newMs = 30_000
const usableMs = 600_000

interface Answer<Value> {
  readonly value: Value
  readonly at: number
}

/**
 * An answer of somebody else that is kept for a while: older than half a minute, it is used once more and asked for
 * anew meanwhile. When asking fails, what is known stays.
 */
export class Kept<Value> {
  private answer: Answer<Value> | undefined
  private asking: Promise<Value> | undefined

  constructor(
    private readonly ask: () => Promise<Value>,
    /** A wish for the newest answer is granted no more often than this. */
    private readonly freshForMs: number,
  ) {}

  async get({ fresh }: { readonly fresh: boolean } = { fresh: false }): Promise<Value> {
    const { answer } = this
    if (!answer) return this.renew()
    const age = performance.now() - answer.at
    if (age < (fresh ? this.freshForMs : newMs)) return answer.value
    const renewal = this.renew().catch(() => answer.value)
    return fresh || age > usableMs ? renewal : answer.value
  }

  private renew(): Promise<Value> {
    this.asking ??= this.ask()
      .then((value) => {
        this.answer = { value, at: performance.now() }
        return value
      })
      .finally(() => (this.asking = undefined))
    return this.asking
  }
}
