import { Limiter, type LimitOptions } from '../../domain/limits/limiter'
import { ClusterTroubleError } from '../../domain/ports'

interface Waiter {
  readonly admit: () => void
}

/** The places of one cluster: keeps the timers for the limiter, which decides. */
export class Bulkhead {
  private readonly limiter: Limiter
  private readonly waiters = new Map<number, Waiter>()

  constructor(
    private readonly cluster: string,
    options: LimitOptions,
  ) {
    this.limiter = new Limiter(options)
  }

  /**
   * Waits for a place; answers how it is given back.
   * @throws ClusterTroubleError when there is none in time
   */
  async enter(caller: string, signal: AbortSignal): Promise<() => void> {
    const place = this.limiter.enter(caller, Date.now())
    if (place.kind === 'refused') throw this.busy(place.reason)
    if (place.kind === 'waiting') await this.wait(place.ticket, place.until - Date.now(), signal)
    return this.leaveOnce()
  }

  private leaveOnce(): () => void {
    let isInside = true
    return () => {
      if (!isInside) return
      isInside = false
      const next = this.limiter.leave()
      if (next !== undefined) this.waiters.get(next)?.admit()
    }
  }

  private wait(ticket: number, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        this.waiters.delete(ticket)
        settle()
      }
      const giveUp = (error: unknown): void => {
        this.limiter.giveUp(ticket)
        end(() => reject(error instanceof Error ? error : new Error(String(error))))
      }
      const onAbort = (): void => giveUp(signal.reason)
      const timer = setTimeout(() => giveUp(this.busy(`no place became free within ${Math.round(ms)} ms`)), ms)
      signal.addEventListener('abort', onAbort)
      this.waiters.set(ticket, { admit: () => end(resolve) })
      if (signal.aborted) onAbort()
    })
  }

  private busy(reason: string): ClusterTroubleError {
    return new ClusterTroubleError('busy', `cluster ${this.cluster} is busy: ${reason}; try again later`)
  }
}
