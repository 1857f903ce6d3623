import { fieldManager, gateHeaders, type ObjectRef } from '@k8or/contracts'
import { joinApiVersion, refOf, type KubeObject } from '@k8or/kube-objects'
import type { ApiResource, CallOptions, Clusters, MutationOptions, WatchOptions } from './clusters'
import { Discovery } from './discovery'
import type { Gate } from './gate'
import { KubeCalls, statusOf } from './kube-calls'
import { kindNotServed, refusal, type Subject } from './kube-error'
import { collectionPath, objectPath, queryOf } from './resource-paths'
import { Watch } from './watch'

type Kind = Pick<ApiResource, 'group' | 'version' | 'kind'>

const defaultTimeoutMs = 30_000
const pageSize = 500

/**
 * The Kubernetes API of every cluster, through a gate. Discovery is cached per cluster, for as long as this object
 * lives: make one per process.
 * @example const clusters = createClusters(httpsGate({ url, identity }))
 */
export function createClusters(gate: Gate, options: { readonly now?: () => number } = {}): Clusters {
  return new GateClusters(gate, options.now ?? Date.now)
}

class GateClusters implements Clusters {
  private readonly calls: KubeCalls
  private readonly discovery: Discovery

  constructor(gate: Gate, now: () => number) {
    this.calls = new KubeCalls(gate)
    this.discovery = new Discovery(this.calls, now)
  }

  async get(cluster: string, ref: ObjectRef, options: CallOptions): Promise<KubeObject | undefined> {
    const subject = { verb: 'get', cluster, ref }
    const resource = await this.discover(cluster, ref, options)
    if (!resource) return undefined
    const path = objectPath(resource, ref.namespace, ref.name)
    const answer = await this.calls.ask(subject, { method: 'GET', path, ...limitsOf(options) })
    if (answer.status < 300) return answer.json as KubeObject
    if (answer.status !== 404) throw refusal(subject, answer.status, statusOf(answer.json))
    this.noteMissing(cluster, answer.json)
    return undefined
  }

  async list(
    cluster: string,
    kind: Kind,
    options: CallOptions & { namespace?: string; labelSelector?: string },
  ): Promise<KubeObject[]> {
    const subject = listSubject(cluster, kind, options.namespace)
    const resource = await this.needed(subject, options)
    return (await this.snapshot(subject, resource, options)).items
  }

  apply(cluster: string, object: KubeObject, options: MutationOptions): Promise<KubeObject> {
    const query = { fieldManager, force: true, ...dryRunOf(options) }
    return this.write({ verb: 'apply', cluster, ref: refOf(object) }, options, query, {
      method: 'PATCH',
      type: 'application/apply-patch+yaml',
      body: object,
    })
  }

  async create(cluster: string, object: KubeObject, options: MutationOptions): Promise<KubeObject> {
    const subject = { verb: 'create', cluster, ref: refOf(object) }
    const resource = await this.needed(subject, options)
    const query = queryOf({ fieldManager, ...dryRunOf(options) })
    return this.calls.expect(subject, {
      method: 'POST',
      path: `${collectionPath(resource, subject.ref.namespace)}${query}`,
      headers: mutationHeaders(options, 'application/json'),
      body: object,
      ...limitsOf(options),
    })
  }

  mergePatch(cluster: string, ref: ObjectRef, patch: unknown, options: MutationOptions): Promise<KubeObject> {
    const query = { fieldManager, ...dryRunOf(options) }
    return this.write({ verb: 'patch', cluster, ref }, options, query, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: patch,
    })
  }

  async delete(
    cluster: string,
    ref: ObjectRef,
    options: MutationOptions & { uid?: string; propagation?: 'Foreground' | 'Background' | 'Orphan' },
  ): Promise<boolean> {
    const subject = { verb: 'delete', cluster, ref }
    const resource = await this.discover(cluster, ref, options)
    if (!resource) return false
    const answer = await this.calls.ask(subject, {
      method: 'DELETE',
      path: `${objectPath(resource, ref.namespace, ref.name)}${queryOf(dryRunOf(options))}`,
      headers: mutationHeaders(options, 'application/json'),
      body: deleteOptions(options),
      ...limitsOf(options),
    })
    if (answer.status < 300) return true
    if (answer.status !== 404) throw refusal(subject, answer.status, statusOf(answer.json))
    this.noteMissing(cluster, answer.json)
    return false
  }

  watch(cluster: string, kind: Kind, options: WatchOptions): void {
    const { namespace, labelSelector, signal } = options
    const subject = listSubject(cluster, kind, namespace)
    const scope = {
      signal,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    }
    void new Watch(cluster, kind, options, {
      calls: this.calls,
      discovery: this.discovery,
      list: (resource) => this.snapshot(subject, resource, { ...scope, fieldSelector: options.fieldSelector }),
    }).run()
  }

  discover(cluster: string, kind: Kind, options: CallOptions): Promise<ApiResource | undefined> {
    return this.discovery.find(cluster, kind, options)
  }

  resources(cluster: string, options: CallOptions): Promise<ApiResource[]> {
    return this.discovery.preferred(cluster, options)
  }

  private async write(
    subject: Subject,
    options: MutationOptions,
    query: Record<string, string | boolean>,
    patch: { method: 'PATCH'; type: string; body: unknown },
  ): Promise<KubeObject> {
    const resource = await this.needed(subject, options)
    return this.calls.expect(subject, {
      method: patch.method,
      path: `${objectPath(resource, subject.ref.namespace, subject.ref.name)}${queryOf(query)}`,
      headers: mutationHeaders(options, patch.type),
      body: patch.body,
      ...limitsOf(options),
    })
  }

  private async snapshot(
    subject: Subject,
    resource: ApiResource,
    options: CallOptions & { namespace?: string; labelSelector?: string; fieldSelector?: string | undefined },
  ): Promise<{ items: KubeObject[]; resourceVersion: string }> {
    const items: KubeObject[] = []
    const { labelSelector, fieldSelector } = options
    const apiVersion = joinApiVersion(resource)
    let next = ''
    for (;;) {
      const query = queryOf({ limit: pageSize, continue: next, labelSelector, fieldSelector })
      const path = `${collectionPath(resource, options.namespace ?? '')}${query}`
      const answer = await this.calls.ask(subject, { method: 'GET', path, ...limitsOf(options) })
      if (answer.status === 410 && next !== '') {
        // The list became too old between two pages: begin anew.
        items.length = 0
        next = ''
        continue
      }
      if (answer.status >= 300) throw refusal(subject, answer.status, statusOf(answer.json))
      const page = answer.json as {
        metadata: { continue?: string; resourceVersion?: string }
        items: KubeObject[] | null
      }
      for (const item of page.items ?? []) items.push({ ...item, apiVersion, kind: resource.kind })
      next = page.metadata.continue ?? ''
      if (next === '') return { items, resourceVersion: page.metadata.resourceVersion ?? '' }
    }
  }

  private async needed(subject: Subject, options: CallOptions): Promise<ApiResource> {
    const resource = await this.discovery.find(subject.cluster, subject.ref, options)
    if (!resource) throw kindNotServed(subject)
    return resource
  }

  /** A 404 means that there is no such object, or that its kind is no longer served at all. */
  private noteMissing(cluster: string, json: unknown): void {
    if (statusOf(json).reason !== 'NotFound') this.discovery.forget(cluster)
  }
}

function limitsOf(options: CallOptions): { signal: AbortSignal; timeoutMs: number } {
  return { signal: options.signal, timeoutMs: options.timeoutMs ?? defaultTimeoutMs }
}

function mutationHeaders({ fence }: MutationOptions, contentType: string): Record<string, string> {
  if (!fence) return { 'content-type': contentType }
  return {
    'content-type': contentType,
    [gateHeaders.application]: fence.application,
    [gateHeaders.release]: String(fence.release),
    [gateHeaders.setbacks]: String(fence.setbacks ?? 0),
    [gateHeaders.lease]: String(fence.lease),
  }
}

function dryRunOf(options: MutationOptions): Record<string, string> {
  return options.dryRun ? { dryRun: 'All' } : {}
}

function deleteOptions(options: { uid?: string; propagation?: string }): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(options.uid === undefined ? {} : { preconditions: { uid: options.uid } }),
    ...(options.propagation === undefined ? {} : { propagationPolicy: options.propagation }),
  }
}

function listSubject(cluster: string, kind: Kind, namespace = ''): Subject {
  const { group, version } = kind
  return { verb: 'list', cluster, ref: { group, version, kind: kind.kind, namespace, name: '*' } }
}
