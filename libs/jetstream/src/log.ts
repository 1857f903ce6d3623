/** Where the bus tells what happened to it; a pino logger fits. */
export interface BusLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** Tells nobody. */
export const silentLog: BusLog = { info: () => undefined, warn: () => undefined, error: () => undefined }
