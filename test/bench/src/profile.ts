/** A profile of V8, as `--cpu-prof` writes it; times are microseconds of the machine's monotonic clock. */
export interface Profile {
  readonly startTime: number
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: CallFrame
  readonly children?: readonly number[]
}

/** A function of a profile; lines and columns count from 0. */
export interface CallFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
  readonly columnNumber: number
}

/** A span of the machine's monotonic clock, in microseconds. */
export interface Span {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** Where processor time went: a function of ours with all that it calls of others, or a package on nobody's behalf. */
export interface Cost {
  readonly where: string
  readonly seconds: number
}

/** Names the source of a function; `isOurs` where it is in a service, a library or a host of ours. */
export type Resolve = (frame: CallFrame) => { readonly where: string; readonly isOurs: boolean }

const idle = new Set(['(idle)', '(program)'])

/** The costs of a span, the largest first; each sample counts for the nearest function of ours that called for it. */
export function costsOf(profile: Profile, span: Span, resolve: Resolve): Cost[] {
  const blamed = blameNodes(profile, resolve)
  const totals = new Map<string, number>()
  let at = profile.startTime
  for (const [index, id] of profile.samples.entries()) {
    const took = profile.timeDeltas[index] ?? 0
    at += took
    const where = at >= span.from && at < span.to ? blamed.get(id) : undefined
    if (where !== undefined) totals.set(where, (totals.get(where) ?? 0) + took / 1e6)
  }
  return [...totals].map(([where, seconds]) => ({ where, seconds })).sort((one, other) => other.seconds - one.seconds)
}

/** For each node whom its time is counted for; none where nothing is done. */
function blameNodes({ nodes }: Profile, resolve: Resolve): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const blamed = new Map<number, string>()
  const descend = (node: ProfileNode, inherited: string | undefined): void => {
    const { functionName } = node.callFrame
    const { where, isOurs } = resolve(node.callFrame)
    const owner = isOurs ? where : inherited
    // Collections happen where memory runs out, not where it was wasted.
    if (functionName === '(garbage collector)') blamed.set(node.id, functionName)
    else if (!idle.has(functionName)) blamed.set(node.id, owner ?? where)
    for (const id of node.children ?? []) {
      const child = byId.get(id)
      if (child) descend(child, owner)
    }
  }
  const root = nodes[0]
  if (root) descend(root, undefined)
  return blamed
}
