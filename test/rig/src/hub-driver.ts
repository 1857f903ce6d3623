/* eslint-disable @typescript-eslint/no-explicit-any -- a status is read as loosely as tests need */
import { applicationRecord, type ApplicationRecord, type EventDefinition, type Fact } from '@k8or/contracts'
import { eventually } from './eventually'
import type { KubeObject } from './kube/kube-object'
import type { ServiceBench } from './service-bench'

const applicationType = 'argoproj.io/v1alpha1/Application'
const namespace = 'argocd'
const timeoutMs = 20_000

/** An Application as it was read. */
export type DeclaredObject = Omit<KubeObject, 'status'> & { readonly status: any }

/** Declares Applications on the hub of a bench and sees what becomes of them. */
export class HubDriver {
  readonly #facts: Fact<any>[] = []
  readonly #ending = new AbortController()
  #following: Promise<void> = Promise.resolve()

  constructor(private readonly bench: ServiceBench) {}

  /** Begins to collect all facts. */
  follow(): void {
    this.#following = this.bench.bus('insighthub').replay({
      stream: 'FACTS',
      fromSequence: 0,
      signal: this.#ending.signal,
      onFact: (fact) => void this.#facts.push(fact),
    })
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#following
  }

  /** The facts of one kind about an application that were stored so far. */
  facts<Data>(event: EventDefinition<Data>, application: string): Fact<Data>[] {
    const wanted = this.#facts.filter((fact) => fact.type.includes(event.fact))
    return wanted.filter((fact) => fact.token.startsWith(`${application}_`)) as Fact<Data>[]
  }

  /** Waits for a fact about an application. */
  fact<Data>(
    event: EventDefinition<Data>,
    application: string,
    accept: (data: Data) => boolean = () => true,
  ): Promise<Fact<Data>> {
    const find = () => this.facts(event, application).find((fact) => accept(fact.data))
    return eventually(find, { timeoutMs, what: `${event.fact} about ${application}` })
  }

  /** Declares an Application; answers its record. `policy` null means that automation is off. */
  async declare(
    name: string,
    policy: object | null = { prune: true, selfHeal: true },
    more: { spec?: object; metadata?: object } = {},
  ): Promise<ApplicationRecord> {
    const { metadata } = await this.bench.kube.client.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace, ...more.metadata },
      spec: {
        project: 'default',
        source: { repoURL: 'https://git.test/shop.git', path: name, targetRevision: 'HEAD' },
        destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
        ...(policy ? { syncPolicy: { automated: policy } } : {}),
        ...more.spec,
      },
    })
    return this.record(metadata.uid ?? '')
  }

  /** The record of an Application, once there is one. */
  async record(uid: string): Promise<ApplicationRecord> {
    const rows = this.bench.bus('codesource').records(applicationRecord)
    return (await eventually(() => rows.get(uid), { timeoutMs, what: 'the record of the application' })).value
  }

  get(name: string): Promise<KubeObject | undefined> {
    return this.bench.kube.client.get(applicationType, `${namespace}/${name}`)
  }

  /** Changes an Application, as people would. */
  patch(name: string, patch: object): Promise<KubeObject> {
    return this.bench.kube.client.patch(applicationType, `${namespace}/${name}`, patch)
  }

  delete(name: string): Promise<boolean> {
    return this.bench.kube.client.delete(applicationType, `${namespace}/${name}`)
  }

  /** The data of a ConfigMap in the namespace `shop`, as it is now. */
  async data(name: string): Promise<KubeObject['data']> {
    return (await this.bench.kube.client.get('v1/ConfigMap', `shop/${name}`))?.data
  }

  /** Waits until the data of a ConfigMap in the namespace `shop` are as asked. */
  untilData(name: string, accept: (data: KubeObject['data']) => boolean): Promise<KubeObject | undefined> {
    const key = `shop/${name}`
    return this.bench.kube.client.watchUntil('v1/ConfigMap', key, (found) => accept(found?.data), timeoutMs)
  }

  /** Waits until the status of an Application is as asked; answers the Application. */
  until(name: string, what: string, accept: (status: any, object: KubeObject) => unknown): Promise<DeclaredObject> {
    return this.bench.kube.client
      .watchUntil(
        applicationType,
        `${namespace}/${name}`,
        (found) => found !== undefined && Boolean(accept(found.status ?? {}, found)),
        timeoutMs,
      )
      .then(
        (found) => found as DeclaredObject,
        async (error: unknown) => {
          const seen = JSON.stringify((await this.get(name))?.status, null, 1)
          throw new Error(`${name} did not come to: ${what}; its status is ${seen}`, { cause: error })
        },
      )
  }
}
