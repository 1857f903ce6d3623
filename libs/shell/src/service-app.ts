/** A service that was built and can be started and stopped; what `createApp` of every service returns. */
export interface ServiceApp {
  /** Opens listeners and begins to handle facts. Resolves when the service is ready; gives up when the signal aborts. */
  start(signal?: AbortSignal): Promise<void>
  /** Ready for traffic? The reasons name what is missing. */
  readiness(): Readiness
  /** Also of one that has not started, or only half. Stops taking work, lets what runs finish, closes in reverse order. */
  stop(): Promise<void>
}

/** Whether a service is ready for traffic; the reasons name what is missing. */
export interface Readiness {
  readonly ready: boolean
  readonly reasons: readonly string[]
}
