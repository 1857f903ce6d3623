import { clusterRecord, hubCluster, type ClusterRecord } from '@k8or/contracts'
import { Clusters as ClustersService } from '@k8or/contracts/rpc/accesspoint/v1/clusters'
import type { Bus } from '@k8or/jetstream'
import { Later } from '@k8or/outcome'
import { NotFoundError, type Calls } from '@k8or/rpc'
import type { TargetProblem, Targets } from '../../domain/project/targets'
import { describeUnknown, isNamed, type NamedCluster } from '../../domain/project/destination'
import type { TargetCluster } from '../../domain/project/rules'

/** The clusters that destinations may name: from AccessPoint's record, and where that is silent from AccessPoint itself. */
export class RecordedTargets implements Targets {
  readonly #clusters = new Map<string, ClusterRecord>()

  constructor(
    private readonly bus: Bus,
    private readonly calls: Calls,
    /** A cluster came, or answers again. */
    private readonly onReachable: (cluster: TargetCluster) => void,
    private readonly onRetired: (cluster: string) => void,
  ) {}

  /** Resolves when the present clusters are known. */
  start(signal: AbortSignal): Promise<void> {
    return this.bus.records(clusterRecord).watch(
      ({ key, value }) => {
        const known = this.#clusters.get(key)
        if (!value) this.#clusters.delete(key)
        else this.#clusters.set(key, value)
        if (!value && known) this.onRetired(known.name)
        if (value?.reachable && !known?.reachable) this.onReachable(value)
      },
      { signal },
    )
  }

  /** A cluster by the name under which it was resolved. */
  named(name: string): TargetCluster | undefined {
    return this.#find((cluster) => cluster.name === name)
  }

  async resolve(named: NamedCluster, signal: AbortSignal): Promise<TargetCluster | TargetProblem> {
    return this.#find((cluster) => isNamed(named, cluster)) ?? this.#ask(named, signal)
  }

  #find(matches: (cluster: TargetCluster) => boolean): TargetCluster | undefined {
    if (matches(hubCluster)) return hubCluster
    const found = [...this.#clusters.values()].find(matches)
    return found && { name: found.name, server: found.server, project: found.project }
  }

  async #ask(named: NamedCluster, signal: AbortSignal): Promise<TargetCluster | TargetProblem> {
    try {
      const { name, server, project, problem } = await this.calls
        .to('accesspoint', ClustersService)
        .resolve(named, { signal })
      return problem === '' ? { name, server, project } : { problem, isDeclared: true }
    } catch (error) {
      if (error instanceof NotFoundError) return { problem: describeUnknown(named), isDeclared: false }
      throw new Later('whether the cluster of the destination is known can not be asked', undefined, { cause: error })
    }
  }
}
