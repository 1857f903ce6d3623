import type { ApplicationRecord, ReleaseRecord, ResolvedSource } from '@k8or/contracts'
import { Later } from '@k8or/outcome'
import type { Targets } from '../ports'
import type { RenderTarget } from '../render/rendering'

/** Whom applications are rendered for. */
export class RenderTargets {
  constructor(
    private readonly targets: Targets,
    private readonly controlNamespace: string,
  ) {}

  of(application: ApplicationRecord, latest: ReleaseRecord | undefined): RenderTarget {
    const { ref, destination } = application
    const instance = ref.namespace === this.controlNamespace ? ref.name : `${ref.namespace}_${ref.name}`
    const kubeVersion = () => this.kubeVersion(application, latest?.consulted['kubeVersion'])
    return { instance, project: ref.project, namespace: destination.namespace, kubeVersion }
  }

  /** The same facts as a release consulted, as they are now. */
  async consultedNow(
    application: ApplicationRecord,
    [first]: readonly ResolvedSource[],
    consulted: ReleaseRecord['consulted'],
  ): Promise<Record<string, string>> {
    const { kubeVersion, revision } = consulted
    return {
      ...(kubeVersion === undefined ? {} : { kubeVersion: await this.kubeVersion(application, kubeVersion) }),
      ...(revision === undefined ? {} : { revision: first?.revision ?? '' }),
    }
  }

  /**
   * A cluster that nobody reaches is taken to be as it was.
   * @throws Later where it was never known
   */
  private async kubeVersion({ ref, destination }: ApplicationRecord, known: string | undefined): Promise<string> {
    const version = (await this.targets.kubeVersion(destination)) ?? known
    if (version !== undefined) return version
    const cluster = destination.name || destination.server
    throw new Later(
      `${ref.namespace}/${ref.name} needs the version of cluster ${cluster}, which was not reached yet`,
      3_000,
    )
  }
}
