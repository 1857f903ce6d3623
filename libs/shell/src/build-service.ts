import { Module, type DynamicModule } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { MicroserviceOptions } from '@nestjs/microservices'
import type { ServiceName } from '@k8or/contracts'
import { JetStreamStrategy } from '@k8or/jetstream'
import { RpcModule, rpcRoutes } from '@k8or/rpc'
import { createLogger, NestLogger, type Logger } from '@k8or/telemetry'
import type { Links } from './links'
import type { Readiness, ServiceApp } from './service-app'
import { unlessAborted } from './unless-aborted'

/** What a service is made of. */
export interface ServiceParts {
  readonly name: ServiceName
  readonly links: Links
  readonly log: Logger
  /** The service's own module: providers, `@RpcService` answers, controllers with `@OnFact` handlers. */
  readonly module: DynamicModule
  /** Before calls and facts are taken: load what must be known. Once the signal aborts, nothing may be opened any more. */
  readonly onStart?: (signal: AbortSignal) => Promise<void>
  /** After calls and facts are no longer taken: let what runs finish, and close. */
  readonly onStop?: () => Promise<void>
  /** What is missing besides the bus; empty when nothing is. */
  readonly missing?: () => readonly string[]
}

@Module({})
class ServiceModule {}

/** Makes a service of its parts: a Nest application whose handlers hear facts and whose answers are served to others. */
export async function buildService(parts: ServiceParts): Promise<ServiceApp> {
  const { name, links, log } = parts
  // Nest has one logger for a whole process, whichever service speaks.
  const logger = new NestLogger(createLogger('nest', { level: log.level }))
  const options = { strategy: new JetStreamStrategy(links.bus), logger, abortOnError: false }
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    { module: ServiceModule, imports: [RpcModule, parts.module] },
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest exports no such class
    options,
  )
  let isStarted = false
  return {
    start: async (signal = new AbortController().signal) => {
      if (parts.onStart) await unlessAborted(parts.onStart(signal), signal)
      // Not `init` first: Nest would then take the handlers of facts as bound, and bind none.
      await app.listen()
      signal.throwIfAborted()
      await links.serve(name, rpcRoutes(app))
      isStarted = true
      log.info({ service: name }, 'started')
    },
    readiness: () => readinessOf([...(isStarted ? [] : ['is starting']), ...missing(parts)]),
    stop: async () => {
      isStarted = false
      await links.withdraw?.(name)
      await app.close()
      await parts.onStop?.()
      log.info({ service: name }, 'stopped')
    },
  }
}

function missing({ links, missing: more }: ServiceParts): readonly string[] {
  return [...(links.bus.isConnected() ? [] : ['the bus is not connected']), ...(more?.() ?? [])]
}

function readinessOf(reasons: readonly string[]): Readiness {
  return { ready: reasons.length === 0, reasons }
}
