import type { KubeHttp } from '../kube/kube-http'
import type { Pod } from './pod'

/** A node of the rig. */
export interface RigNode {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** The nodes of a cluster, by number. */
export function rigNodes(count: number): RigNode[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `node-${index + 1}`
    return {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    }
  })
}

/** Makes a node known to the API server, ready for pods. */
export async function registerNode(http: KubeHttp, node: RigNode): Promise<void> {
  const { name, labels } = node
  const created = await http.request('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
  })
  if (created.status >= 300 && created.status !== 409)
    throw new Error(`register ${name}: ${JSON.stringify(created.body)}`)
  const status = nodeStatus(name, new Date().toISOString())
  await http.request('PATCH', `/api/v1/nodes/${name}/status`, { status }, 'application/merge-patch+json')
}

/** The nodes on which a pod may run: those that its selector and its required node name allow. */
export function fittingNodes(pod: Pod, nodes: readonly RigNode[]): RigNode[] {
  const wanted = Object.entries(pod.spec.nodeSelector ?? {})
  const names = requiredNames(pod)
  return nodes.filter(
    ({ name, labels }) => wanted.every(([key, value]) => labels[key] === value) && (!names || names.includes(name)),
  )
}

function requiredNames(pod: Pod): string[] | undefined {
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const fields = required?.nodeSelectorTerms?.flatMap((term) => term.matchFields ?? []) ?? []
  const named = fields.filter(({ key }) => key === 'metadata.name')
  return named.length ? named.flatMap(({ values }) => values ?? []) : undefined
}

function nodeStatus(name: string, now: string): unknown {
  const size = { cpu: '64', memory: '256Gi', pods: '5000', 'ephemeral-storage': '1Ti' }
  return {
    capacity: size,
    allocatable: size,
    addresses: [
      { type: 'InternalIP', address: '127.0.0.1' },
      { type: 'Hostname', address: name },
    ],
    conditions: [
      { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now, lastTransitionTime: now },
    ],
    nodeInfo: nodeInfo(name),
  }
}

function nodeInfo(name: string): unknown {
  return {
    machineID: name,
    systemUUID: name,
    bootID: name,
    kernelVersion: 'rig',
    osImage: 'rig',
    containerRuntimeVersion: 'rig://1',
    kubeletVersion: 'v1.36.3',
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  }
}
