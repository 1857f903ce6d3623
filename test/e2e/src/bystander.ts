import type { DrivenRepository, MeshDriver } from '@k8or/rig'
import { configMap } from './manifests'
import { started } from './started'

/** An application to which nothing happens: its pushes are applied whatever becomes of others. */
export class Bystander {
  #pushes = 0

  private constructor(
    private readonly driver: MeshDriver,
    private readonly repository: DrivenRepository,
  ) {}

  static async start(driver: MeshDriver): Promise<Bystander> {
    return new Bystander(driver, await started(driver, 'bystander'))
  }

  /** Pushes, and expects that it is applied. */
  async goesOn(): Promise<void> {
    const value = String((this.#pushes += 1))
    await this.repository.push({ 'app/c.yaml': configMap('bystander', value) })
    await this.driver.untilApplied('bystander', value, 15_000)
  }
}
