import type { FatedPush } from './account'

/** One step of a deployment, as a trace tells it. */
export interface Hop {
  readonly fact: string
  readonly application?: string
}

/** What stands in the trace of whatever was applied, about its application. */
const stepsOfDeployment = ['release.rendered', 'sync.started', 'sync.finished']

/**
 * Finds pushes without a chain. What was applied has one, to the end of its sync: where several commits of a repository
 * were fetched at once, under the last of these. Of what was superseded it is known at least that it was received.
 */
export function missingChains(
  pushes: readonly FatedPush[],
  traces: ReadonlyMap<string, readonly Hop[]>,
): readonly string[] {
  const repositories = Map.groupBy(pushes, ({ repository }) => repository)
  return [...repositories.values()].flatMap((of) => {
    const inOrder = of.toSorted((one, other) => one.number - other.number)
    return inOrder.filter((push, at) => !hasChain(push, inOrder.slice(at + 1), traces)).map(describe)
  })
}

function hasChain(push: FatedPush, later: readonly FatedPush[], traces: ReadonlyMap<string, readonly Hop[]>): boolean {
  const hopsOf = ({ commit }: FatedPush): readonly Hop[] => traces.get(commit) ?? []
  if (push.fate !== 'applied') return push.fate === 'missing' || hopsOf(push).length > 0
  const next = later.findIndex(({ application }) => application === push.application)
  const carriers = [push, ...(next < 0 ? later : later.slice(0, next))]
  return carriers.some((carrier) => isWhole(hopsOf(carrier), push.application))
}

function isWhole(hops: readonly Hop[], application: string): boolean {
  const own = new Set(hops.filter((hop) => hop.application === application).map(({ fact }) => fact))
  return hops.some(({ fact }) => fact === 'revision.observed') && stepsOfDeployment.every((fact) => own.has(fact))
}

function describe({ application, number, commit, fate }: FatedPush): string {
  return `${application}: push ${String(number)} (${commit.slice(0, 10)}) was ${fate}, and its trace does not tell how`
}
