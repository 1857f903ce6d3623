import { setImmediate } from 'node:timers/promises'
import { create } from '@bufbuild/protobuf'
import {
  GetLeadTimesResponseSchema,
  LeadTimes,
  type GetLeadTimesRequest,
  type GetLeadTimesResponse,
} from '@k8or/contracts/rpc/insighthub/v1/lead_times'
import { InvalidRequestError, NotFoundError, RpcService } from '@k8or/rpc'
import { measureLeadTimes, type LeadTime, type NamedApplication } from '../../domain/lead/lead-times'
import { describeGap } from '../../domain/trace/gap'
import { DeclaredApplications } from '../jetstream/declared'
import { SqliteFactIndex } from '../sqlite/fact-index'

@RpcService(LeadTimes)
export class LeadTimeAnswers {
  constructor(
    private readonly index: SqliteFactIndex,
    private readonly declared: DeclaredApplications,
  ) {}

  async getLeadTimes({ of, since }: GetLeadTimesRequest): Promise<GetLeadTimesResponse> {
    const begin = timeOf(since)
    const times: LeadTime[] = []
    for (const application of this.#applicationsOf(of)) {
      times.push(...measureLeadTimes(this.index, application, begin))
      // There may be hundreds: who waits for a verdict comes in between.
      await setImmediate()
    }
    return create(GetLeadTimesResponseSchema, {
      leadTimes: times.map(({ hops, whole, ...time }) => ({
        ...time,
        hops: [...hops],
        ...(whole && { whole: { from: '', to: '', ...whole } }),
      })),
      gaps: this.index.gaps().map((gap) => ({ message: describeGap(gap) })),
    })
  }

  #applicationsOf(of: GetLeadTimesRequest['of']): NamedApplication[] {
    if (of.case !== 'application') return this.declared.named(of.case === 'project' ? of.value : undefined)
    const uid = this.declared.uidOf(of.value)
    const named = this.declared.named().filter((application) => application.uid === uid)
    if (named.length === 0) throw new NotFoundError(`there is no application ${of.value}`)
    return named
  }
}

function timeOf(since: string): number {
  const time = since === '' ? 0 : Date.parse(since)
  if (Number.isNaN(time)) throw new InvalidRequestError(`since is a time such as 2026-01-31T12:00:00Z, got "${since}"`)
  return time
}
