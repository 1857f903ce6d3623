import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import {
  definitionNames,
  eventually,
  MeshDriver,
  prepareHub,
  somebodysCluster,
  type KubeClient,
  type PreparedHub,
  type SomebodysCluster,
} from '@k8or/rig'
import type { Ground } from './ground'

const definitionType = 'apiextensions.k8s.io/v1/CustomResourceDefinition'
const mark = { 'app.kubernetes.io/part-of': 'k8or-demo' }

/** Asks a question; true means yes. */
export type Ask = (question: string) => Promise<boolean>

/**
 * Somebody's cluster, after having shown which one and having asked. All that is made is in one namespace of its own,
 * besides the resource definitions of Argo CD where there are none.
 */
export async function somebodysGround(kubeconfig: string, dir: string, ask: Ask): Promise<Ground> {
  const cluster = await somebodysCluster(kubeconfig)
  const namespace = `k8or-demo-${randomBytes(3).toString('hex')}`
  const question = `DEMO_KUBECONFIG names the context ${cluster.context}, server ${cluster.url}.
Everything is made in the namespace ${namespace}, and removed at the end; resource definitions of Argo CD are installed
where there are none. Play the demo on this cluster?`
  if (!(await ask(question))) throw new Error(`nobody agreed to use ${cluster.context}; nothing was touched there`)
  const hub = { namespace, kubeconfig: join(dir, 'hub.kubeconfig'), webhookSecret: randomBytes(20).toString('hex') }
  cluster.writeKubeconfig(hub.kubeconfig)
  return groundOn(cluster, hub)
}

async function groundOn(cluster: SomebodysCluster, hub: PreparedHub): Promise<Ground> {
  const client = await cluster.connect()
  const missing = await missingDefinitions(client)
  // Credentials may have run out by then: they are asked for anew.
  const clear = async (): Promise<void> => {
    const again = await cluster.connect()
    await removeAll(again, hub.namespace, missing).finally(() => again.close())
  }
  try {
    await prepare(client, hub)
  } catch (error) {
    await clear()
    throw error
  } finally {
    await client.close()
  }
  return {
    mesh: { hub },
    namespace: hub.namespace,
    // An image that every cluster can pull.
    image: (version) => (version === '1.0' ? 'registry.k8s.io/pause:3.9' : 'registry.k8s.io/pause:3.10'),
    drive: async (environment) => new MeshDriver(environment, await cluster.connect()),
    clear,
  }
}

async function missingDefinitions(client: KubeClient): Promise<string[]> {
  const missing: string[] = []
  for (const name of definitionNames()) if (!(await client.get(definitionType, name))) missing.push(name)
  return missing
}

/** The default project of the demo permits its own namespace, and nothing else of somebody's cluster. */
async function prepare(client: KubeClient, { namespace, webhookSecret }: PreparedHub): Promise<void> {
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: mark } })
  const project = { sourceRepos: ['*'], destinations: [{ server: '*', namespace }] }
  await prepareHub(client, webhookSecret, { namespace, project })
}

async function removeAll(client: KubeClient, namespace: string, definitions: readonly string[]): Promise<void> {
  await remove(client, 'v1/Namespace', namespace)
  for (const name of definitions) if (await isUnused(client, name)) await remove(client, definitionType, name)
}

/** Deletes an object and waits until it is gone: finalizers take their time. */
async function remove(client: KubeClient, type: string, key: string): Promise<void> {
  await client.delete(type, key)
  const isGone = async (): Promise<boolean> => (await client.get(type, key)) === undefined
  await eventually(isGone, { timeoutMs: 120_000, stepMs: 200, what: `the end of ${type} ${key}` })
}

// Somebody may have begun to use them meanwhile.
async function isUnused(client: KubeClient, definition: string): Promise<boolean> {
  const found = await client.get(definitionType, definition)
  if (!found) return false
  const { group, names, versions } = found['spec'] as {
    group: string
    names: { kind: string }
    versions: { name: string }[]
  }
  const objects = await client.list(`${group}/${versions[0]?.name ?? ''}/${names.kind}`)
  return objects.length === 0
}
