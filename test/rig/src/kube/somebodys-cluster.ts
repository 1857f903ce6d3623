import { writeFileSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import { KubeClient } from './kube-client'

/** A cluster that the rig did not start. */
export interface SomebodysCluster {
  readonly context: string
  readonly url: string
  /** A client of its own, with credentials as they are now. */
  connect(): Promise<KubeClient>
  /** Writes a kubeconfig that knows this cluster and nothing else, for its owner alone. */
  writeKubeconfig(path: string): void
}

/** Reads the current context of a kubeconfig of any form; the file is left as it is. */
export async function somebodysCluster(path: string): Promise<SomebodysCluster> {
  // Slow to load, and nothing else of the rig needs it.
  const { KubeConfig } = await import('@kubernetes/client-node')
  const all = new KubeConfig()
  all.loadFromFile(path)
  const name = all.getCurrentContext()
  const [context, cluster, user] = [all.getContextObject(name), all.getCurrentCluster(), all.getCurrentUser()]
  if (!context || !cluster || !user)
    throw new Error(`${path}: the current context ${JSON.stringify(name)} names no known cluster and user`)
  const one = new KubeConfig()
  one.loadFromOptions({ contexts: [context], clusters: [cluster], users: [user], currentContext: name })
  return {
    context: name,
    url: cluster.server,
    connect: async () => {
      const options: RequestOptions = {}
      await one.applyToHTTPSOptions(options)
      const { headers, ca, cert, key, servername, rejectUnauthorized } = options
      const tls = { ca, cert, key, servername, rejectUnauthorized } as ConnectionOptions
      return new KubeClient({ url: cluster.server, tls, headers: headers as Record<string, string> })
    },
    writeKubeconfig: (to) => writeFileSync(to, one.exportConfig(), { mode: 0o600 }),
  }
}
