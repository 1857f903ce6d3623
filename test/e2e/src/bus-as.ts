import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ServiceName } from '@k8or/contracts'
import { connectBus, type Bus } from '@k8or/jetstream'
import type { MeshUnderTest } from './mesh-under-test'

/** A connection to the bus with the certificate of a service: what that may, and no more. */
export function busAs(service: ServiceName, { mesh, driver }: MeshUnderTest): Promise<Bus> {
  const ca = driver.value('K8OR_CA')
  const dir = join(dirname(ca), service, service === 'accesspoint' ? '' : 'identity')
  const read = (file: string): string => readFileSync(join(dir, file), 'utf8')
  const identity = {
    service,
    spiffeId: `spiffe://k8or.mesh/svc/${service}`,
    ca: readFileSync(ca, 'utf8'),
    current: () => ({ cert: read('tls.crt'), key: read('tls.key') }),
    onRenewal: () => () => undefined,
  }
  return connectBus({ url: mesh.natsUrl, identity, failFast: true })
}
