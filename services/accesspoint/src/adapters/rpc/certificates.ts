import type { MessageInitShape } from '@bufbuild/protobuf'
import type { HandlerContext } from '@connectrpc/connect'
import {
  Certificates,
  type SignRequest,
  type SignResponseSchema,
} from '@k8or/contracts/rpc/accesspoint/v1/certificates'
import { publicKeyOfRequest, serviceOf } from '@k8or/identity'
import { ForbiddenError, InvalidRequestError, peerOf, RpcService, UnauthenticatedError } from '@k8or/rpc'
import { judgeSigning } from '../../domain/certificate/may-sign'
import { Signals } from '../../signals'
import { JoinTokens } from '../credentials/join-tokens'
import { Signer } from '../credentials/signer'

const refusals = { unauthenticated: UnauthenticatedError, denied: ForbiddenError, invalid: InvalidRequestError }

/** Answers `Certificates`: open to those who have no certificate yet. */
@RpcService(Certificates)
export class CertificatesAnswers {
  constructor(
    private readonly tokens: JoinTokens,
    private readonly signer: Signer,
    private readonly signals: Signals,
  ) {}

  async sign(request: SignRequest, context: HandlerContext): Promise<MessageInitShape<typeof SignResponseSchema>> {
    const { service, csr, token } = request
    const publicKey = await publicKeyOfRequest(csr)
    const tokenOf = token === '' ? undefined : await this.tokens.ownerOf(token, publicKey, context.signal)
    const verdict = judgeSigning({ service, tokenOf, callerService: serviceOf(peerOf(context)) })
    if (!verdict.allowed) {
      this.signals.signingRefused(service, verdict.reason)
      throw new refusals[verdict.kind](verdict.reason)
    }
    const certificate = await this.signer.sign(verdict.service, csr)
    if (verdict.by === 'token') this.tokens.use(token, verdict.service, publicKey)
    this.signals.certificateSigned(verdict.service, verdict.by)
    return { certificate, ca: this.signer.ca }
  }
}
