import { JetStreamApiError } from '@nats-io/jetstream'
import { errors } from '@nats-io/nats-core'
import { describeError, Later, Never } from '@k8or/outcome'

const wrongLastSequence = new Set([10071, 10164])
const tooLarge = new Set([10054])

/** The row was changed, made or deleted by somebody else since it was read. */
export class RecordConflictError extends Error {
  constructor(
    readonly bucket: string,
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(`row ${key} of ${bucket} was changed since it was read: read it again`, options)
    this.name = 'RecordConflictError'
  }
}

/** Another fact was stored on the subject since it was read. */
export class FactConflictError extends Error {
  constructor(
    readonly subject: string,
    readonly expectedSequence: number,
    options?: ErrorOptions,
  ) {
    super(`another fact was stored on ${subject} after sequence ${expectedSequence}: decide again`, options)
    this.name = 'FactConflictError'
  }
}

/** A row does not keep to its record's schema. */
export class RecordSchemaError extends Error {
  constructor(
    readonly bucket: string,
    readonly key: string,
    options: ErrorOptions,
  ) {
    super(`row ${key} of ${bucket} breaks its contract`, options)
    this.name = 'RecordSchemaError'
  }
}

/** Whether the server refused because the subject has another last sequence. */
export function isWrongLastSequence(error: unknown): boolean {
  return error instanceof JetStreamApiError && wrongLastSequence.has(error.code)
}

/** What a failed request to the server means: missing rights and sizes never mend, everything else may. */
export function busFailure(what: string, error: unknown): Later | Never {
  const message = `${what}: ${describeError(error)}`
  return isFinal(error) ? new Never(message, { cause: error }) : new Later(message, undefined, { cause: error })
}

function isFinal(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return tooLarge.has(error.code)
  if (error instanceof errors.PermissionViolationError || error instanceof errors.InvalidSubjectError) return true
  return error instanceof Error && error.cause !== undefined && isFinal(error.cause)
}
