import { Catch, UseFilters, type ExceptionFilter } from '@nestjs/common'
import { Ctx, EventPattern, Payload } from '@nestjs/microservices'
import { typeOf, type EventDefinition, type Fact } from '@k8or/contracts'
import { throwError, type Observable } from 'rxjs'

/** Marks handlers of facts among those of other transports. */
export const factTransport = Symbol('k8or:facts')

/** Hands on what a handler throws; Nest would replace it by "Internal server error" and log it. */
@Catch()
class KeepError implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error)
  }
}

/**
 * Makes a method the handler of a fact: it records a key and returns, or throws `Later` or `Never`.
 * @example
 * ‍@OnFact(releaseRendered)
 * async handle(fact: Fact<ReleaseRendered>, signal: AbortSignal): Promise<void> { this.jobs.mark(fact.data.application.uid) }
 */
export function OnFact<Data>(event: EventDefinition<Data>) {
  return <Method extends (fact: Fact<Data>, signal: AbortSignal) => Promise<void>>(
    target: object,
    name: string,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    Payload()(target, name, 0)
    Ctx()(target, name, 1)
    UseFilters(new KeepError())(target, name, descriptor)
    const mark = EventPattern(typeOf(event), factTransport, { event }) as unknown as MethodDecorator
    mark(target, name, descriptor)
  }
}
