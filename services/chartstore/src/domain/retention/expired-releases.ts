/** What must stay of the releases of one application. */
export interface Kept {
  /** The newest one: what comes is numbered after it. */
  readonly newest: number
  /** What runs, and what a rollback may go back to, by the application's history of syncs. */
  readonly deployed: readonly number[]
  /** How many more, the newest first. */
  readonly more: number
}

/** The releases, by number, that nobody can ask for any more. What is newer than the newest is being made. */
export function expiredReleases(releases: readonly number[], { newest, deployed, more }: Kept): number[] {
  const needed = new Set(deployed)
  const spare = releases.filter((release) => release < newest && !needed.has(release))
  return spare.toSorted((one, other) => other - one).slice(more)
}
