import { services, type ServiceName } from '@k8or/contracts'

/** The service accounts of the mesh's pods: `<prefix>-<service>` in one namespace. */
export interface ServiceAccounts {
  readonly namespace: string
  readonly prefix: string
}

/** The service whose pods have an account, by the name that the API server gives it; undefined for anybody else's. */
export function serviceOfAccount({ namespace, prefix }: ServiceAccounts, username: string): ServiceName | undefined {
  return services.find((service) => username === `system:serviceaccount:${namespace}:${prefix}-${service}`)
}
