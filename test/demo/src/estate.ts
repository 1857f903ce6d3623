import type { DrivenRepository, KubeServer, MeshDriver } from '@k8or/rig'
import { clusterNames, type ClusterName } from './fleet'
import { namespaceAndQuota, webDeployment, webService } from './manifests'

const updater = 'argocd-image-updater.argoproj.io'

/** Staging takes release candidates too. */
const constraints: Readonly<Record<ClusterName, string>> = {
  staging: '>=1.0.0-0',
  'production-east': '~1',
  'production-west': '~1',
}

export type Clusters = Readonly<Record<ClusterName, KubeServer>>

/** The repositories that say what runs where, and the Applications that follow them. */
export class Estate {
  constructor(
    readonly infrastructure: DrivenRepository,
    readonly manifests: DrivenRepository,
    readonly clusters: Clusters,
  ) {}

  static async found(driver: MeshDriver, clusters: Clusters, image: string): Promise<Estate> {
    const infrastructure = await driver.repository('infrastructure')
    const manifests = await driver.repository('manifests')
    await infrastructure.commit({ 'base/shop.yaml': namespaceAndQuota('shop') }, 'a namespace with a quota')
    const files = clusterNames.flatMap((name) => [
      [`${name}/deployment.yaml`, webDeployment(`${image}:1.0.0`, name === 'staging' ? 1 : 2)] as const,
      [`${name}/service.yaml`, webService()] as const,
    ])
    await manifests.commit(Object.fromEntries(files), 'the shop, 1.0.0 everywhere')
    return new Estate(infrastructure, manifests, clusters)
  }

  /** One Application for each cluster, from both repositories. */
  async declare(driver: MeshDriver, image: string): Promise<void> {
    for (const name of clusterNames) {
      const server = this.clusters[name].url
      const infrastructure = { name: `infrastructure-${name}`, repoUrl: this.infrastructure.url, path: 'base' }
      await driver.declare({ ...infrastructure, namespace: 'shop', server })
      const annotations = { [`${updater}/image-list`]: `web=${image}:${constraints[name]}` }
      const shop = { name: applicationOf(name), repoUrl: this.manifests.url, path: name, annotations }
      await driver.declare({ ...shop, namespace: 'shop', server })
    }
  }
}

/** The Application that runs the shop on a cluster. */
export function applicationOf(cluster: ClusterName): string {
  return `shop-${cluster}`
}
