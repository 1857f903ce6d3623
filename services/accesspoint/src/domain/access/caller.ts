import { services, type ServiceName } from '@k8or/contracts'

/** Who makes a call, once it is proven. */
export type Caller =
  | { readonly kind: 'service'; readonly service: ServiceName; readonly id: string }
  | { readonly kind: 'person'; readonly name: string; readonly id: string }

/** A person who is known by a token. */
export function person(name: string): Caller {
  return { kind: 'person', name, id: `user:${name}` }
}

/** The service that a mesh name (`spiffe://<trust domain>/svc/<service>`) is of; undefined for any other name. */
export function serviceCaller(id: string, trustDomain: string): Caller | undefined {
  const prefix = `spiffe://${trustDomain}/svc/`
  const service = services.find((name) => id === `${prefix}${name}`)
  return service === undefined ? undefined : { kind: 'service', service, id }
}
