import { Code, ConnectError } from '@connectrpc/connect'
import { describeError, Later, Never } from '@k8or/outcome'
import { ZodError } from 'zod'

/** What was asked for does not exist. */
export class NotFoundError extends Never {
  override readonly name = 'NotFoundError'
}

/** The caller may not ask that. */
export class ForbiddenError extends Never {
  override readonly name = 'ForbiddenError'
}

/** The caller does not say who it is. */
export class UnauthenticatedError extends Never {
  override readonly name = 'UnauthenticatedError'
}

/** A field of the request is not as it must be. */
export class InvalidRequestError extends Never {
  override readonly name = 'InvalidRequestError'
}

/** What was asked for is larger than the caller or the service allows. */
export class TooLargeError extends Never {
  override readonly name = 'TooLargeError'
}

/** Something is no longer what the request was made from: read it again and ask anew. */
export class ConflictError extends Later {
  override readonly name = 'ConflictError'

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, undefined, options)
  }
}

const codes: readonly [new (reason: string, options?: ErrorOptions) => Error, Code][] = [
  [NotFoundError, Code.NotFound],
  [ForbiddenError, Code.PermissionDenied],
  [UnauthenticatedError, Code.Unauthenticated],
  [InvalidRequestError, Code.InvalidArgument],
  [TooLargeError, Code.ResourceExhausted],
  [ConflictError, Code.Aborted],
  [Never, Code.FailedPrecondition],
]

const later = new Set([Code.Unavailable, Code.DeadlineExceeded, Code.Canceled, Code.Unknown, Code.Internal])

/** What a service throws, as the code that callers see. Nothing unknown is told to them but its message. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error
  if (error instanceof ZodError) return new ConnectError(describeError(error), Code.InvalidArgument)
  const [, code] = codes.find(([type]) => error instanceof type) ?? [
    undefined,
    error instanceof Later ? Code.Unavailable : Code.Internal,
  ]
  return new ConnectError(describeError(error), code)
}

/** What a caller gets, as what it means: `Later` where trying again may help, else the error that the service threw. */
export function fromConnectError(error: unknown, what: string): Error {
  const { code, rawMessage } = ConnectError.from(error)
  const reason = `${what}: ${rawMessage}`
  if (code === Code.Aborted) return new ConflictError(reason, { cause: error })
  if (later.has(code)) return new Later(reason, undefined, { cause: error })
  const [Type] = codes.find(([, its]) => its === code) ?? [Never]
  return new Type(reason)
}
