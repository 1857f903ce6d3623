import { loadAll } from 'js-yaml'
import type { Dispatcher } from 'undici'
import { eventually } from '../eventually'
import { accessOf, type KubeAccess, type KubeConnection } from './kubeconfig'
import { KubeHttp, type KubeAnswer } from './kube-http'
import type { KubeObject } from './kube-object'
import { collectionPath, objectPath, parseKey, parseType, versionPath, type ResourceType } from './resource-paths'
import type { WatchEvent } from './watch-stream'
import { watchUntil } from './watch-until'

/** Which objects of a collection are wanted. */
export interface ListQuery {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/** A small client for tests: types are written `apps/v1/Deployment`, objects `namespace/name`. */
export class KubeClient {
  readonly #http: KubeHttp
  readonly #types = new Map<string, ResourceType>()

  constructor(connection: KubeConnection | KubeAccess) {
    this.#http = new KubeHttp('tls' in connection ? connection : accessOf(connection))
  }

  /** Any call; every status is an answer. */
  request(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    contentType?: string,
    accept?: string,
  ): Promise<KubeAnswer> {
    return this.#http.request(method, path, body, contentType, accept)
  }

  /** An object, or undefined when there is none. */
  async get(type: string, key: string): Promise<KubeObject | undefined> {
    const answer = await this.request('GET', await this.#path(type, key))
    return answer.status === 404 ? undefined : accepted(answer, `get ${type} ${key}`)
  }

  /** All objects that a query selects. */
  async list(type: string, query: ListQuery = {}): Promise<KubeObject[]> {
    return (await this.snapshot(type, query)).items
  }

  /** The objects that a query selects with the version at which a watch goes on from them. */
  async snapshot(type: string, query: ListQuery = {}): Promise<{ items: KubeObject[]; resourceVersion: string }> {
    const path = `${collectionPath(await this.type(type), query.namespace)}${queryText(query)}`
    const { items, metadata } = accepted(await this.request('GET', path), `list ${type}`)
    const typed = (items as KubeObject[]).map((item) => ({ ...item, ...parseType(type) }))
    return { items: typed, resourceVersion: metadata.resourceVersion ?? '' }
  }

  /** Creates or changes an object by forced server-side apply. */
  async apply(object: KubeObject | Record<string, unknown>, fieldManager = 'rig'): Promise<KubeObject> {
    const { apiVersion, kind, metadata } = object as KubeObject
    const type = await this.type(`${apiVersion}/${kind}`)
    const path = `${objectPath(type, metadata.name, metadata.namespace)}?force=true&fieldManager=${fieldManager}`
    const answer = await this.request('PATCH', path, object, 'application/apply-patch+yaml')
    return accepted(answer, `apply ${kind} ${metadata.name}`)
  }

  /** Applies every document of a YAML text, in order. */
  async applyYaml(text: string, fieldManager = 'rig'): Promise<KubeObject[]> {
    const applied: KubeObject[] = []
    for (const document of loadAll(text))
      if (document) applied.push(await this.apply(document as KubeObject, fieldManager))
    return applied
  }

  /** Changes an object by a merge patch, as `kubectl patch --type=merge` or `kubectl edit` would. */
  async patch(type: string, key: string, patch: unknown, subresource = ''): Promise<KubeObject> {
    const path = `${await this.#path(type, key)}${subresource ? `/${subresource}` : ''}?fieldManager=kubectl-edit`
    const answer = await this.request('PATCH', path, patch, 'application/merge-patch+json')
    return accepted(answer, `patch ${type} ${key}`)
  }

  /** Deletes an object; false when there was none. */
  async delete(type: string, key: string): Promise<boolean> {
    const answer = await this.request('DELETE', await this.#path(type, key), { propagationPolicy: 'Background' })
    if (answer.status !== 404) accepted(answer, `delete ${type} ${key}`)
    return answer.status !== 404
  }

  /** The events of a collection, from now or from a resource version. */
  async *watch(
    type: string,
    query: ListQuery & { resourceVersion?: string },
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const path = collectionPath(await this.type(type), query.namespace)
    yield* this.#http.watch(`${path}${queryText({ ...query, watch: 'true', allowWatchBookmarks: 'true' })}`, signal)
  }

  /** Waits, by a watch, until an object is as asked; the object is undefined while there is none. */
  watchUntil(
    type: string,
    key: string,
    accept: (object: KubeObject | undefined) => boolean,
    timeoutMs = 20_000,
  ): Promise<KubeObject | undefined> {
    return watchUntil(this, type, key, accept, timeoutMs)
  }

  /** Waits for what every API server makes by itself shortly after it is ready. */
  async waitForDefaults(): Promise<void> {
    await eventually(() => this.get('v1/Namespace', 'default'), { timeoutMs: 20_000, what: 'namespace default' })
  }

  /** What the API server knows about a type. */
  async type(name: string): Promise<ResourceType> {
    const known = this.#types.get(name)
    if (known) return known
    const { apiVersion } = parseType(name)
    const { resources } = accepted(await this.request('GET', versionPath(apiVersion)), `discover ${apiVersion}`)
    for (const { name: plural, kind, namespaced } of resources as (ResourceType & { name: string })[])
      if (!plural.includes('/')) this.#types.set(`${apiVersion}/${kind}`, { apiVersion, kind, plural, namespaced })
    const found = this.#types.get(name)
    if (!found) throw new Error(`the API server has no ${name}`)
    return found
  }

  /** Breaks all connections. */
  close(): Promise<void> {
    return this.#http.close()
  }

  async #path(type: string, key: string): Promise<string> {
    const { namespace, name } = parseKey(key)
    return objectPath(await this.type(type), name, namespace)
  }
}

/** The API server refused a call of the test client. */
export class KubeRefusedError extends Error {
  constructor(
    readonly status: number,
    what: string,
    readonly body: unknown,
  ) {
    super(`${what}: ${status} ${messageOf(body)}`)
  }
}

function accepted(answer: KubeAnswer, what: string): KubeObject {
  if (answer.status >= 300) throw new KubeRefusedError(answer.status, what, answer.body)
  return answer.body as KubeObject
}

function messageOf(body: unknown): string {
  return typeof body === 'object' && body && 'message' in body ? String(body.message) : String(body)
}

function queryText(query: object): string {
  const entries = Object.entries(query) as [string, string | undefined][]
  const given = entries.filter((entry): entry is [string, string] => entry[0] !== 'namespace' && entry[1] !== undefined)
  return given.length ? `?${new URLSearchParams(given).toString()}` : ''
}
