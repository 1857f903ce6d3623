import { toJson } from '@bufbuild/protobuf'
import {
  GetTraceResponseSchema,
  Traces,
  type GetTraceResponse,
  type Hop,
} from '@k8or/contracts/rpc/insighthub/v1/traces'
import type { Context } from '../context'
import { CommandError } from '../errors'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { formatDuration } from '../output/words'
import { drawBar } from './bar'
import { driftLines } from './drifts'

export interface TraceFlags {
  readonly commit?: string
  readonly sync?: string
}

const barWidth = 24

/** `k8or trace` */
export async function showTrace(
  { mesh, answer }: Context,
  flags: TraceFlags,
  application?: string,
): Promise<undefined> {
  await answer(traceAnswer(await mesh.call(Traces.method.getTrace, { of: whichOf(flags, application) })))
}

function whichOf({ commit, sync }: TraceFlags, application: string | undefined) {
  const named = [commit, sync, application].filter((each) => each !== undefined)
  if (named.length !== 1)
    throw new CommandError('name exactly one deployment', 'k8or trace <application>, --commit <sha> or --sync <id>')
  if (commit !== undefined) return { case: 'commit' as const, value: commit }
  return sync === undefined
    ? { case: 'application' as const, value: application ?? '' }
    : { case: 'sync' as const, value: sync }
}

/** The hops of a deployment, each with its time and where in the whole that time lies. */
export function traceAnswer(response: GetTraceResponse): Answer {
  return {
    data: toJson(GetTraceResponseSchema, response, { alwaysEmitImplicit: true }),
    names: () => response.hops.map(({ id }) => id),
    table: ({ isWide }) => {
      const { hops } = response
      const total = hops.at(-1)?.sinceStartMs ?? 0
      // A commit may be several applications' business: which is which must be seen.
      const areMany = new Set(hops.map(({ application }) => application).filter(Boolean)).size > 1
      const more = [...(isWide || areMany ? ['APPLICATION' as const] : []), ...(isWide ? ['ACTOR' as const] : [])]
      const names = ['AFTER', 'TOOK', 'WHERE THE TIME WENT', 'SERVICE', 'HOP', ...more, 'WHAT']
      const rows = hops.map((hop) => rowOf(hop, total, more))
      const lines = [formatTable(names, rows), '', summaryOf(response, total), ...driftLines(response.drifts)]
      return lines.join('\n')
    },
  }
}

function rowOf(hop: Hop, total: number, columns: readonly ('APPLICATION' | 'ACTOR')[]): string[] {
  const { sinceStartMs, sincePreviousMs, service, fact, summary } = hop
  const bar = drawBar({ from: sinceStartMs - sincePreviousMs, to: sinceStartMs }, total, barWidth)
  const more = columns.map((column) => (column === 'APPLICATION' ? hop.application : hop.actor))
  return [formatDuration(sinceStartMs), `+${formatDuration(sincePreviousMs)}`, bar, service, fact, ...more, summary]
}

function summaryOf({ hops, correlationId, traceId, gaps }: GetTraceResponse, total: number): string {
  const slowest = hops.toSorted((one, other) => other.sincePreviousMs - one.sincePreviousMs)[0]
  const most =
    slowest === undefined || total === 0
      ? ''
      : `, most of it (${formatDuration(slowest.sincePreviousMs)}) until ${slowest.fact}`
  const ids = [`correlation ${correlationId}`, ...(traceId === '' ? [] : [`trace ${traceId}`])]
  const missing = gaps.map(({ message }) => `note: ${message}`)
  return [`${hops.length} hops in ${formatDuration(total)}${most}`, ids.join(', '), ...missing].join('\n')
}
