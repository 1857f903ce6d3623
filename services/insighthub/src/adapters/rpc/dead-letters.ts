import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import {
  ListResponseSchema,
  ReplayResponseSchema,
  type ListRequest,
  type ListResponse,
  type ReplayRequest,
  type ReplayResponse,
} from '@k8or/contracts/rpc/insighthub/v1/dead_letters'
import type { DeadLetters } from '@k8or/jetstream'

const usualLimit = 50
const mostAtOnce = 1000

/** Answers `k8or.insighthub.v1.DeadLetters`. */
export class DeadLettersRpc {
  constructor(private readonly letters: DeadLetters) {}

  async list({ limit }: ListRequest): Promise<ListResponse> {
    const letters = await this.letters.list(limit > 0 ? Math.min(limit, mostAtOnce) : usualLimit)
    return create(ListResponseSchema, {
      letters: letters.map(({ id, service, subject, reason, time, eventId }) => ({
        id: BigInt(id),
        service,
        subject,
        reason,
        time,
        eventId,
      })),
    })
  }

  async replay({ id }: ReplayRequest): Promise<ReplayResponse> {
    const isThere = await this.letters.replay(Number(id))
    if (!isThere) throw new ConnectError(`there is no dead letter ${id}`, Code.NotFound)
    return create(ReplayResponseSchema)
  }
}
