import type { RevisionObserved } from '@k8or/contracts'

/** Why a repository is to be looked at: a fact, or somebody's wish. */
export interface Hint {
  readonly kind: 'webhook' | 'declared' | 'refresh' | 'commit'
  /** Absent when no fact stands behind it. */
  readonly fact?: { readonly id: string; readonly correlationId: string }
  /** What the webhook says was pushed, or what we pushed. */
  readonly ref?: string
  readonly after?: string
  /** The target revisions that a declaration names; all when absent. */
  readonly targets?: readonly string[]
  readonly traceparent?: string
  /** Called once the repository was looked at. */
  readonly done?: () => void
}

/** Where an observation comes from. */
export interface Origin {
  readonly via: RevisionObserved['via']
  readonly causes: readonly string[]
  readonly correlationId?: string
}

const kept = 50

/** Why each repository was marked, until it has been looked at. Lost in a crash: then the first poll sees the change. */
export class Hints {
  private readonly byToken = new Map<string, readonly Hint[]>()

  add(token: string, hint: Hint): void {
    this.restore(token, [hint])
  }

  /** What there is, which is then forgotten. */
  take(token: string): readonly Hint[] {
    const hints = this.byToken.get(token) ?? []
    this.byToken.delete(token)
    return hints
  }

  /** The trace that the newest hint came with. */
  traceparentOf(token: string): string | undefined {
    return this.byToken.get(token)?.findLast(({ traceparent }) => traceparent !== undefined)?.traceparent
  }

  /** Gives back what was taken when looking failed. */
  restore(token: string, hints: readonly Hint[]): void {
    if (hints.length > 0) this.byToken.set(token, [...hints, ...(this.byToken.get(token) ?? [])].slice(-kept))
  }
}

/** Which of the hints led to an observation of a target revision at a commit. */
export function originOf(hints: readonly Hint[], seen: { target: string; ref: string; commit: string }): Origin {
  const pushes = hints.filter(
    ({ kind, ref, after }) => kind === 'webhook' && (ref === seen.ref || after === seen.commit),
  )
  if (pushes.length > 0) return from('webhook', pushes)
  const refreshes = hints.filter(({ kind }) => kind === 'refresh')
  if (refreshes.length > 0) return from('refresh', refreshes)
  const declared = hints.filter(({ kind, targets }) => kind === 'declared' && targets?.includes(seen.target))
  return declared.length > 0 ? from('declared', declared) : { via: 'poll', causes: [] }
}

function from(via: Origin['via'], hints: readonly Hint[]): Origin {
  const facts = hints.flatMap(({ fact }) => fact ?? [])
  const causes = [...new Set(facts.map(({ id }) => id))].slice(0, 20)
  const [first] = facts
  return { via, causes, ...(first ? { correlationId: first.correlationId } : {}) }
}
