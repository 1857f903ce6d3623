import { create } from '@bufbuild/protobuf'
import { canonicalImageName, parseImageReference } from '@k8or/contracts'
import {
  GetTraceResponseSchema,
  Traces,
  type GetTraceRequest,
  type GetTraceResponse,
} from '@k8or/contracts/rpc/insighthub/v1/traces'
import { InvalidRequestError, NotFoundError, RpcService } from '@k8or/rpc'
import { findDrifts } from '../../domain/trace/drifts'
import { findDeployment, type DeploymentName } from '../../domain/trace/find-deployment'
import { describeGap, type Gap } from '../../domain/trace/gap'
import { assembleTrace } from '../../domain/trace/hops'
import { DeclaredApplications } from '../jetstream/declared'
import { SqliteFactIndex } from '../sqlite/fact-index'

const leastOfCommit = 4
const hexadecimal = /^[0-9a-f]+$/

@RpcService(Traces)
export class TraceAnswers {
  constructor(
    private readonly index: SqliteFactIndex,
    private readonly declared: DeclaredApplications,
  ) {}

  getTrace({ of }: GetTraceRequest): GetTraceResponse {
    const deployment = findDeployment(this.index, this.#nameOf(of))
    const trace = assembleTrace(deployment)
    const gaps = this.index.gaps()
    if (trace.hops.length === 0) {
      const what = `nothing is known of the deployment of ${of.case ?? ''} ${of.value ?? ''}`
      throw new NotFoundError([what, ...this.#since(), ...gaps.map(describeGap)].join('; '))
    }
    return create(GetTraceResponseSchema, {
      correlationId: trace.correlationId,
      traceId: trace.traceId,
      hops: trace.hops.map((hop) => ({ ...hop, causes: [...hop.causes] })),
      drifts: findDrifts(this.index, deployment).map(({ object: { version: _, ...object }, fields, ...drift }) => ({
        ...drift,
        ...object,
        fields: [...fields],
      })),
      gaps: gaps.map(gapMessage),
    })
  }

  /** Who lost the index too does not know what there was before. */
  #since(): string[] {
    const created = this.index.streamOf('FACTS')
    return created === undefined ? [] : [`facts are known since ${created}, when the stream was made`]
  }

  #nameOf(of: GetTraceRequest['of']): DeploymentName {
    switch (of.case) {
      case 'application':
        return { by: 'application', uid: this.#uidOf(of.value) }
      case 'commit': {
        const commit = of.value.toLowerCase()
        if (commit.length < leastOfCommit || !hexadecimal.test(commit))
          throw new InvalidRequestError(`a commit is at least ${leastOfCommit} hexadecimal digits, got "${of.value}"`)
        return { by: 'commit', commit }
      }
      case 'sync':
        return { by: 'sync', sync: of.value }
      case 'image':
        return { by: 'image', image: imageOf(of.value) }
      case undefined:
        throw new InvalidRequestError('name an application, a commit, a sync or an image')
    }
  }

  #uidOf(name: string): string {
    const uid = this.declared.uidOf(name) ?? this.index.uidOf(name)
    if (uid === undefined) throw new NotFoundError(`there is no application ${name}`)
    return uid
  }
}

/** `web:2` is `docker.io/library/web:2`, as facts name it. */
function imageOf(text: string): string {
  const { name, tag } = parseImageReference(text) ?? {}
  if (name === undefined || tag === undefined) throw new InvalidRequestError(`an image is <name>:<tag>, got "${text}"`)
  return `${canonicalImageName(name)}:${tag}`
}

function gapMessage(gap: Gap) {
  const { stream, cause, from, until, facts } = gap
  const span = { from: new Date(from).toISOString(), until: new Date(until).toISOString() }
  return { stream, cause, ...span, facts: BigInt(facts), message: describeGap(gap) }
}
