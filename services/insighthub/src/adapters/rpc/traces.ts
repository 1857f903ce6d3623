import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import {
  GetTraceResponseSchema,
  type GetTraceRequest,
  type GetTraceResponse,
} from '@k8or/contracts/rpc/insighthub/v1/traces'
import { findDeployment, type DeploymentName, type FactIndex } from '../../domain/trace/find-deployment'
import { assembleTrace } from '../../domain/trace/hops'

/** Finds the uid of an application by `<name>`, `<namespace>/<name>` or the uid itself. */
export type FindApplication = (name: string) => string | undefined

const leastOfCommit = 4
const hexadecimal = /^[0-9a-f]+$/

/** Answers `k8or.insighthub.v1.Traces`. */
export class TracesRpc {
  constructor(
    private readonly index: FactIndex,
    private readonly findApplication: FindApplication,
  ) {}

  getTrace({ of }: GetTraceRequest): GetTraceResponse {
    const trace = assembleTrace(findDeployment(this.index, this.#nameOf(of)))
    if (trace.hops.length === 0)
      throw new ConnectError(`nothing is known of the deployment of ${of.case ?? ''} ${of.value ?? ''}`, Code.NotFound)
    return create(GetTraceResponseSchema, {
      correlationId: trace.correlationId,
      traceId: trace.traceId,
      hops: trace.hops.map((hop) => ({ ...hop, causes: [...hop.causes] })),
    })
  }

  #nameOf(of: GetTraceRequest['of']): DeploymentName {
    switch (of.case) {
      case 'application':
        return { by: 'application', uid: this.#uidOf(of.value) }
      case 'commit': {
        const commit = of.value.toLowerCase()
        if (commit.length < leastOfCommit || !hexadecimal.test(commit))
          throw new ConnectError(
            `a commit is at least ${leastOfCommit} hexadecimal digits, got "${of.value}"`,
            Code.InvalidArgument,
          )
        return { by: 'commit', commit }
      }
      case 'sync':
        return { by: 'sync', sync: of.value }
      case undefined:
        throw new ConnectError('name an application, a commit or a sync', Code.InvalidArgument)
    }
  }

  #uidOf(name: string): string {
    const uid = this.findApplication(name)
    if (uid === undefined) throw new ConnectError(`there is no application ${name}`, Code.NotFound)
    return uid
  }
}
