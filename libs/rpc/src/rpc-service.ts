import type { DescService } from '@bufbuild/protobuf'
import {
  applyDecorators,
  Catch,
  Injectable,
  Module,
  SetMetadata,
  UseFilters,
  type ExceptionFilter,
  type INestApplicationContext,
} from '@nestjs/common'
import { DiscoveryModule, DiscoveryService, ExternalContextCreator } from '@nestjs/core'
import type { CallRoutes } from './calls'

const serviceKey = 'k8or:rpc'

/** What is thrown is the caller's answer, by its code; Nest would log each as an error of this service. */
@Catch()
class KeepError implements ExceptionFilter {
  catch(error: unknown): never {
    throw error
  }
}

/** Makes a provider the answers of an RPC service: its methods are the calls, `(request, context) => answer`. */
export function RpcService(service: DescService): ClassDecorator {
  return applyDecorators(Injectable(), UseFilters(new KeepError()), SetMetadata(serviceKey, service))
}

/** Finds the providers that `@RpcService` marks; guards and dependency injection apply to them. */
@Module({ imports: [DiscoveryModule] })
export class RpcModule {}

type Answers = object & Record<string, unknown>

/** The calls that an application answers. */
export function rpcRoutes(app: INestApplicationContext): CallRoutes {
  const contexts = app.get(ExternalContextCreator, { strict: false })
  const providers = app.get(DiscoveryService, { strict: false }).getProviders()
  const marked = providers.flatMap(({ instance }) => {
    const answers = instance as Answers | null
    // By the instance: a provider that a factory made has no type of its own.
    const service = answers && (Reflect.getMetadata(serviceKey, answers.constructor) as DescService | undefined)
    return service ? [{ service, answers }] : []
  })
  return (router) => {
    for (const { service, answers } of marked) router.service(service, implement(service, answers, contexts) as never)
  }
}

function implement(service: DescService, answers: Answers, contexts: ExternalContextCreator): Record<string, unknown> {
  const methods = service.methods.filter(({ localName }) => answers[localName])
  return Object.fromEntries(
    methods.map(({ localName }) => {
      const callback = answers[localName] as (...args: unknown[]) => unknown
      return [
        localName,
        contexts.create(answers, callback, localName, undefined, undefined, undefined, undefined, undefined, 'rpc'),
      ]
    }),
  )
}
