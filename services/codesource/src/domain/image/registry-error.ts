/** A registry did not answer as hoped; `retryAfterMs` is set where it named the time. */
export class RegistryError extends Error {
  constructor(
    message: string,
    readonly reason: 'missing' | 'refused' | 'unreachable' | 'busy' | 'untrue' | 'invalid',
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'RegistryError'
  }
}
