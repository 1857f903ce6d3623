import type { LoggerService } from '@nestjs/common'
import { Later, Never } from '@k8or/outcome'
import type { Logger } from './logger'

/** Lets Nest speak through our logger; its account of modules and routes is told at debug level only. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(fieldsOf(message, rest), textOf(message))
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(fieldsOf(message, rest), textOf(message))
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace(fieldsOf(message, rest), textOf(message))
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(fieldsOf(message, rest), textOf(message))
  }

  error(message: unknown, ...rest: unknown[]): void {
    // Outcomes are thrown on purpose: who gets them says what became of them.
    if (message instanceof Later || message instanceof Never) return
    this.logger.error(fieldsOf(message, rest), textOf(message))
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(fieldsOf(message, rest), textOf(message))
  }
}

/** Nest's last argument is the context; of an error the stack comes before it. */
function fieldsOf(message: unknown, rest: readonly unknown[]): object {
  const from = rest.at(-1)
  const error = message instanceof Error ? message : rest.find((item) => item instanceof Error)
  const stack = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined
  return {
    ...(typeof from === 'string' ? { from } : {}),
    ...(error === undefined ? {} : { err: error }),
    ...(stack === undefined ? {} : { stack }),
  }
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.message
  return typeof message === 'string' ? message : JSON.stringify(message)
}
