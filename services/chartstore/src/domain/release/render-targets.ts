import type { ApplicationRecord, ReleaseRecord, ResolvedSource } from '@k8or/contracts'
import type { Targets } from '../ports'
import { factsOf } from '../render/capabilities'
import type { RenderTarget } from '../render/rendering'

type Consulted = ReleaseRecord['consulted']

/** Whom applications are rendered for. */
export class RenderTargets {
  constructor(
    private readonly targets: Targets,
    private readonly controlNamespace: string,
  ) {}

  of({ ref, destination }: ApplicationRecord): RenderTarget {
    const instance = ref.namespace === this.controlNamespace ? ref.name : `${ref.namespace}_${ref.name}`
    return {
      ...{ instance, project: ref.project, namespace: destination.namespace },
      cluster: destination.name || destination.server,
      capabilities: () => this.targets.capabilities(destination),
    }
  }

  /** The same facts as a release consulted, as they are now; a cluster that nobody reaches is taken to be as it was. */
  async consultedNow(
    { destination }: ApplicationRecord,
    [first]: readonly ResolvedSource[],
    consulted: Consulted,
  ): Promise<Consulted> {
    const asks = 'kubeVersion' in consulted || 'apiVersions' in consulted
    const found = asks ? await this.targets.capabilities(destination) : undefined
    const now: Consulted = { ...(found ? factsOf(found) : {}), ...(first ? { revision: first.revision } : {}) }
    return Object.fromEntries(Object.entries(consulted).map(([name, then]) => [name, now[name] ?? then]))
  }
}
