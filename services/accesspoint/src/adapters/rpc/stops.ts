import type { MessageInitShape } from '@bufbuild/protobuf'
import type { HandlerContext } from '@connectrpc/connect'
import {
  Stops as StopsService,
  type LiftRequest,
  type LiftResponseSchema,
  type RaiseRequest,
  type RaiseResponseSchema,
  type StopsListRequest,
  type StopsListResponseSchema,
} from '@k8or/contracts/rpc/accesspoint/v1/stops'
import {
  actorOf,
  ForbiddenError,
  InvalidRequestError,
  NotFoundError,
  peerOf,
  RpcService,
  UnauthenticatedError,
} from '@k8or/rpc'
import { judgeReason } from '../../domain/stop/judge-reason'
import { UnknownClusterError } from '../../domain/routing/clusters'
import { Signals } from '../../signals'
import { StopJournal } from '../audit/stop-journal'
import { RecordedStops } from '../jetstream/recorded-stops'
import { Hub } from '../kubernetes/hub'

/** Answers `Stops`: people stop the mesh or one cluster, and let it go on. */
@RpcService(StopsService)
export class StopsAnswers {
  constructor(
    private readonly recorded: RecordedStops,
    private readonly hub: Hub,
    private readonly journal: StopJournal,
    private readonly signals: Signals,
  ) {}

  async raise(
    { cluster, reason }: RaiseRequest,
    context: HandlerContext,
  ): Promise<MessageInitShape<typeof RaiseResponseSchema>> {
    const by = admit(context, reason)
    const stop = { cluster: this.nameOf(cluster), since: new Date().toISOString(), ...by }
    this.journal.note('Raise', stop.cluster, by)
    this.signals.stopRaised(stop)
    await this.recorded.raise(stop)
    return { stop }
  }

  async lift(
    { cluster, reason }: LiftRequest,
    context: HandlerContext,
  ): Promise<MessageInitShape<typeof LiftResponseSchema>> {
    const by = admit(context, reason)
    // A cluster that is gone may have left its stop behind.
    const stop = this.recorded.stops.of(cluster) ?? this.recorded.stops.of(this.nameOf(cluster))
    if (!stop)
      throw new NotFoundError(`no emergency stop stands for ${cluster === '' ? 'the mesh' : `cluster ${cluster}`}`)
    this.journal.note('Lift', stop.cluster, by)
    await this.recorded.lift(stop, { ...by, at: new Date() })
    this.signals.stopLifted(stop, by)
    return { stop }
  }

  list(_: StopsListRequest, context: HandlerContext): MessageInitShape<typeof StopsListResponseSchema> {
    if (peerOf(context) === '') throw new UnauthenticatedError('stops are named to members of the mesh only')
    return { stops: this.recorded.stops.list() }
  }

  private nameOf(cluster: string): string {
    if (cluster === '') return ''
    try {
      return this.hub.clusters.byNameOrServer(cluster).name
    } catch (error) {
      if (error instanceof UnknownClusterError) throw new InvalidRequestError(`cluster: ${error.message}`)
      throw error
    }
  }
}

function admit(context: HandlerContext, reason: string): { readonly actor: string; readonly reason: string } {
  const actor = actorOf(context)
  if (!actor.startsWith('user:')) throw new ForbiddenError('an emergency stop is raised and lifted by people only')
  const judged = judgeReason(reason)
  if ('problem' in judged) throw new InvalidRequestError(judged.problem)
  return { actor, reason: judged.reason }
}
