import type { Reachability } from '../../domain/routing/reachability'
import type { Connection } from './connection'

/** How often clusters are asked whether they are there. */
export interface ProbeTiming {
  readonly healthyMs: number
  readonly unhealthyMs: number
  readonly timeoutMs: number
}

/** Asks every cluster, again and again, whether it is there; sooner when a call to it failed. */
export class Prober {
  private readonly ending = new AbortController()
  private readonly timers = new Map<Connection, NodeJS.Timeout>()
  private readonly running = new Set<Connection>()
  private readonly states = new Map<Connection, Reachability>()

  constructor(
    private readonly timing: ProbeTiming,
    private readonly onState: (connection: Connection, state: Reachability) => void,
  ) {}

  add(connection: Connection): void {
    this.schedule(connection, 0)
  }

  remove(connection: Connection): void {
    clearTimeout(this.timers.get(connection))
    this.timers.delete(connection)
    this.states.delete(connection)
  }

  /** A call failed: look now, unless it is known. */
  look(connection: Connection): void {
    if (this.states.get(connection)?.reachable !== false && this.timers.has(connection)) this.schedule(connection, 0)
  }

  stateOf(connection: Connection): Reachability | undefined {
    return this.states.get(connection)
  }

  stop(): void {
    this.ending.abort()
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
  }

  private schedule(connection: Connection, ms: number): void {
    clearTimeout(this.timers.get(connection))
    this.timers.set(connection, setTimeout(() => void this.probe(connection), ms).unref())
  }

  private async probe(connection: Connection): Promise<void> {
    if (this.running.has(connection)) return
    this.running.add(connection)
    const answer = await connection.probe(this.ending.signal, this.timing.timeoutMs).catch(() => undefined)
    this.running.delete(connection)
    if (!answer || this.ending.signal.aborted || !this.timers.has(connection)) return
    const state: Reachability =
      'version' in answer ? { reachable: true, version: answer.version } : { reachable: false, reason: answer.reason }
    this.states.set(connection, state)
    this.schedule(connection, state.reachable ? this.timing.healthyMs : this.timing.unhealthyMs)
    this.onState(connection, state)
  }
}
