import { create } from '@bufbuild/protobuf'
import { Inject } from '@nestjs/common'
import {
  DeadLetters as DeadLettersService,
  ListResponseSchema,
  ReplayResponseSchema,
  type ListRequest,
  type ListResponse,
  type ReplayRequest,
  type ReplayResponse,
} from '@k8or/contracts/rpc/insighthub/v1/dead_letters'
import type { DeadLetters } from '@k8or/jetstream'
import { NotFoundError, RpcService } from '@k8or/rpc'

const usualLimit = 50
const mostAtOnce = 1000

/** Under which name the module provides the dead letters of the bus. */
export const deadLettersOfBus = 'dead letters of the bus'

@RpcService(DeadLettersService)
export class DeadLetterAnswers {
  constructor(@Inject(deadLettersOfBus) private readonly letters: DeadLetters) {}

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
    if (!isThere) throw new NotFoundError(`there is no dead letter ${id}`)
    return create(ReplayResponseSchema)
  }
}
