import { toJson } from '@bufbuild/protobuf'
import {
  GetLeadTimesResponseSchema,
  LeadTimes,
  type GetLeadTimesResponse,
  type LeadTime,
} from '@k8or/contracts/rpc/insighthub/v1/lead_times'
import { parseTimeout } from '../app/wait'
import type { Context } from '../context'
import { CommandError } from '../errors'
import type { Answer } from '../output/answer'
import { formatTable } from '../output/table'
import { formatDuration } from '../output/words'

interface LeadTimesFlags {
  readonly project?: string
  readonly since?: string
}

/** `k8or lead-times` */
export async function showLeadTimes(
  { mesh, answer }: Context,
  { project, since }: LeadTimesFlags,
  application?: string,
): Promise<undefined> {
  const begin = since === undefined ? '' : new Date(Date.now() - parseTimeout(since)).toISOString()
  const of = whose(application, project)
  await answer(leadTimesAnswer(await mesh.call(LeadTimes.method.getLeadTimes, { of, since: begin })))
}

function whose(application: string | undefined, project: string | undefined) {
  if (application !== undefined && project !== undefined)
    throw new CommandError('an application has one project', 'name the application, or --project, or neither')
  if (application !== undefined) return { case: 'application' as const, value: application }
  return project === undefined ? { case: undefined } : { case: 'project' as const, value: project }
}

/** How long each hop takes, and the whole way. */
export function leadTimesAnswer(response: GetLeadTimesResponse): Answer {
  const { leadTimes, gaps } = response
  return {
    data: toJson(GetLeadTimesResponseSchema, response, { alwaysEmitImplicit: true }),
    names: () => [...new Set(leadTimes.map(({ application }) => application))],
    table: () => {
      const notes = gaps.map(({ message }) => `note: ${message}`)
      if (leadTimes.length === 0) return ['nothing was deployed', ...notes].join('\n')
      const names = ['APPLICATION', 'CLUSTER', 'HOP', 'COUNT', 'P50', 'P95']
      return [formatTable(names, leadTimes.flatMap(rowsOf)), '', summaryOf(leadTimes), ...notes].join('\n')
    },
  }
}

function rowsOf({ application, cluster, hops, whole }: LeadTime): string[][] {
  const lines = [
    ...hops.map((hop) => ({ ...hop, name: `${hop.from} → ${hop.to}` })),
    ...(whole === undefined ? [] : [{ ...whole, name: 'the whole way' }]),
  ]
  return lines.map(({ name, count, p50Ms, p95Ms }) => [
    ...[application, cluster, name, String(count)],
    ...[formatDuration(p50Ms), formatDuration(p95Ms)],
  ])
}

function summaryOf(leadTimes: readonly LeadTime[]): string {
  const sum = (count: (one: LeadTime) => number) => leadTimes.reduce((sofar, one) => sofar + count(one), 0)
  const [deployments, healthy] = [sum((one) => one.deployments), sum((one) => one.healthy)]
  return `${deployments} ${deployments === 1 ? 'deployment' : 'deployments'}, ${healthy} of them became healthy`
}
