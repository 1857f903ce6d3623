import type { MeshDriver } from '@k8or/rig'
import { declaredHistory, namespace, objectType, type Tenant } from './estate'
import type { Ledger } from './ledger'

/** Changes the object of one application after the other by hand, as somebody with kubectl would. */
export class Drifts {
  #count = 0

  constructor(
    private readonly driver: MeshDriver,
    private readonly tenants: readonly Tenant[],
    private readonly ledger: Ledger,
  ) {}

  async drift(): Promise<void> {
    const turn = this.#count++
    // Not in the order of the pushes, so that the two meet at each application at another distance.
    const { name: application } = this.tenants[(turn * 7) % this.tenants.length] ?? { name: '' }
    if (application === '' || this.ledger.of(application).sightings.at(-1)?.isByHand) return
    const spec = { revisionHistoryLimit: declaredHistory + 1 + (turn % 50) }
    const madeAt = performance.now()
    const { metadata } = await this.driver.hub.patch(objectType, `${namespace}/${application}`, { spec })
    this.ledger.drifted({ application, generation: metadata.generation ?? 0, madeAt })
  }
}
