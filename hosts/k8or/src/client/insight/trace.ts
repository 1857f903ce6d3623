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
  readonly image?: string
}

const barWidth = 24

/** What is told of a hop where there are several, or where it is asked for. */
type Column = 'application' | 'cluster' | 'actor'

/** `k8or trace` */
export async function showTrace(
  { mesh, answer }: Context,
  flags: TraceFlags,
  application?: string,
): Promise<undefined> {
  await answer(traceAnswer(await mesh.call(Traces.method.getTrace, { of: whichOf(flags, application) })))
}

function whichOf({ commit, sync, image }: TraceFlags, application: string | undefined) {
  const named = [
    ...(application === undefined ? [] : [{ case: 'application' as const, value: application }]),
    ...(commit === undefined ? [] : [{ case: 'commit' as const, value: commit }]),
    ...(sync === undefined ? [] : [{ case: 'sync' as const, value: sync }]),
    ...(image === undefined ? [] : [{ case: 'image' as const, value: image }]),
  ]
  const [which, another] = named
  if (which === undefined || another !== undefined)
    throw new CommandError(
      'name exactly one deployment',
      'k8or trace <application>, --commit <sha>, --sync <id> or --image <name:tag>',
    )
  return which
}

/** The hops of a deployment, each with its time and where in the whole that time lies. */
export function traceAnswer(response: GetTraceResponse): Answer {
  return {
    data: toJson(GetTraceResponseSchema, response, { alwaysEmitImplicit: true }),
    names: () => response.hops.map(({ id }) => id),
    table: ({ isWide }) => {
      const { hops } = response
      const total = hops.at(-1)?.sinceStartMs ?? 0
      const columns: Column[] = ['application', 'cluster', 'actor']
      const more = columns.filter((column) => isWide || (column !== 'actor' && areMany(hops, column)))
      const names = [
        'AFTER',
        'TOOK',
        'WHERE THE TIME WENT',
        'SERVICE',
        'HOP',
        ...more.map((column) => column.toUpperCase()),
        'WHAT',
      ]
      const rows = hops.map((hop) => rowOf(hop, total, more))
      const lines = [formatTable(names, rows), '', summaryOf(response, total), ...driftLines(response.drifts)]
      return lines.join('\n')
    },
  }
}

/** A commit or an image may be several applications' business, on several clusters: which is which must be seen. */
function areMany(hops: readonly Hop[], column: Column): boolean {
  return new Set(hops.map((hop) => hop[column]).filter(Boolean)).size > 1
}

function rowOf(hop: Hop, total: number, columns: readonly Column[]): string[] {
  const { sinceStartMs, sincePreviousMs, service, fact, summary } = hop
  const bar = drawBar({ from: sinceStartMs - sincePreviousMs, to: sinceStartMs }, total, barWidth)
  const more = columns.map((column) => hop[column])
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
