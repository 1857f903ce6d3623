import { setTimeout as delay } from 'node:timers/promises'
import { KubeHttp } from '../kube/kube-http'
import { accessOf, type KubeConnection } from '../kube/kubeconfig'
import type { WatchEvent } from '../kube/watch-stream'
import { fateByTag, type Fate } from './fate'
import { nextStep, type Pace, type Step } from './next-step'
import { fittingNodes, registerNode, rigNodes, type RigNode } from './nodes'
import type { Pod } from './pod'
import { podStatus } from './pod-status'
import { PodWorker } from './pod-worker'

/** How many nodes to play, how fast, and what becomes of which image. */
export interface KubeletOptions extends Partial<Pace> {
  readonly nodes: number
  /** What becomes of a container with this image; by default its tag tells. */
  readonly fateOf?: (image: string) => Fate
}

/** Plays scheduler and kubelets for all nodes of one cluster. */
export interface Kubelet {
  stop(): Promise<void>
}

const defaultPace: Pace = { readyAfterMs: 100, completeAfterMs: 100, terminateAfterMs: 0, backOffAfterMs: 300 }

const watchPath =
  '/api/v1/pods?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion='

/** Registers nodes and leads all pods of a cluster from pending to ready, completed or gone. */
export async function startKubelet(connection: KubeConnection, options: KubeletOptions): Promise<Kubelet> {
  const http = new KubeHttp(accessOf(connection))
  const nodes = rigNodes(options.nodes)
  await Promise.all(nodes.map((node) => registerNode(http, node)))
  const worker = new PodWorker(new NodeSide(http, nodes, options.fateOf ?? fateByTag, { ...defaultPace, ...options }))
  const abort = new AbortController()
  const watching = follow(http, worker, abort.signal)
  return {
    async stop() {
      abort.abort()
      worker.stop()
      await watching
      await http.close()
    },
  }
}

async function follow(http: KubeHttp, worker: PodWorker, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    worker.reset()
    try {
      for await (const event of http.watch(watchPath, signal)) if (!take(worker, event)) break
    } catch {
      await delay(100, undefined, { signal }).catch(() => undefined)
    }
  }
}

function take(worker: PodWorker, { type, object }: WatchEvent): boolean {
  const pod = object as unknown as Pod
  if (type === 'DELETED') worker.forget(pod)
  else if (type === 'ADDED' || type === 'MODIFIED') worker.observe(pod)
  return type !== 'ERROR'
}

class NodeSide {
  #bound = 0
  #address = 0

  constructor(
    private readonly http: KubeHttp,
    private readonly nodes: readonly RigNode[],
    private readonly fateOf: (image: string) => Fate,
    private readonly pace: Pace,
  ) {}

  next(pod: Pod): Step | undefined {
    const step = nextStep(pod, this.fateOf, this.pace)
    return step?.do === 'bind' && !fittingNodes(pod, this.nodes).length ? undefined : step
  }

  act(pod: Pod, step: Step): Promise<string | undefined> {
    if (step.do === 'bind') return this.bind(pod)
    return step.do === 'delete' ? this.remove(pod) : this.report(pod, step)
  }

  private bind(pod: Pod): Promise<string | undefined> {
    const fitting = fittingNodes(pod, this.nodes)
    const target = { apiVersion: 'v1', kind: 'Node', name: fitting[this.#bound++ % fitting.length]?.name }
    const { name, namespace, uid } = pod.metadata
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target }
    return this.call('POST', `${pathOf(pod)}/binding`, binding)
  }

  private remove(pod: Pod): Promise<string | undefined> {
    return this.call('DELETE', pathOf(pod), { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } })
  }

  private report(pod: Pod, step: Extract<Step, { do: 'report' }>): Promise<string | undefined> {
    const facts = { now: new Date().toISOString(), podIp: this.addressOf(pod), fateOf: this.fateOf }
    const patch = { metadata: { uid: pod.metadata.uid }, status: podStatus(pod, step.moment, facts) }
    return this.call('PATCH', `${pathOf(pod)}/status?fieldManager=kubelet`, patch, 'application/merge-patch+json')
  }

  private addressOf(pod: Pod): string {
    if (pod.status?.podIP) return pod.status.podIP
    const next = ++this.#address
    return `10.${64 + (next >> 16)}.${(next >> 8) & 255}.${next & 255}`
  }

  private async call(
    method: 'POST' | 'DELETE' | 'PATCH',
    path: string,
    body: unknown,
    type?: string,
  ): Promise<string | undefined> {
    const answer = await this.http.request(method, path, body, type)
    if (answer.status >= 500 || answer.status === 429) throw new Error(`${method} ${path}: ${answer.status}`)
    const { resourceVersion } = (answer.body as { metadata?: { resourceVersion?: string } }).metadata ?? {}
    return method === 'PATCH' && answer.status < 300 ? resourceVersion : undefined
  }
}

function pathOf({ metadata }: Pod): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`
}
